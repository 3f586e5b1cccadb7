package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.model.FieldLearning;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FitConfigTest {

  @Test
  void aWholeConfigurationOfALearnerIsTaken() {
    FitConfig config = FitConfig.parse(Samples.FULL, "learner.yaml", List.of());

    assertThat(config.features().fields())
        .isEqualTo(Samples.parse(Samples.FULL).features().fields());
    assertThat(config.model()).isEqualTo(Samples.parse(Samples.FULL).model());
  }

  @Test
  void fieldsMayBeLearnedOtherwiseThanTheOthers() {
    FitConfig config =
        FitConfig.parse(
            """
            features:
              - {name: user, kind: categorical, rate-factor: 3}
              - {name: item, kind: categorical, l2: 0}
              - {name: hour, kind: categorical}
            fit: {embedding-l2: 0.5}
            """,
            "fit.yaml",
            List.of());

    assertThat(config.fields())
        .containsExactly(new FieldLearning(1, 3, 0.5f), new FieldLearning(2, 1, 0));
  }
}
