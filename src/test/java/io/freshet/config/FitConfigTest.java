package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;

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
}
