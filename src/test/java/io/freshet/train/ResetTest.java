package io.freshet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.feature.Fids;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.train.loop.SyntheticExamples;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ResetTest {
  private static final ModelSettings DEEP = ModelSettings.deepFm(4, List.of(8), 0, 42);
  private static final ModelSettings LR = new ModelSettings(ModelKind.LR, 0, List.of(), 0, 0, 42);

  @Test
  void eachPartHasItsName() {
    assertThat(of(DEEP, "dense")).isEqualTo(new Reset("state", true, false, Set.of()));
    assertThat(of(DEEP, "embeddings").covers(Fids.BIAS)).isTrue();
    Reset both = of(DEEP, "field:item", "field:tags", "dense");
    assertThat(both.dense()).isTrue();
    assertThat(both.covers(Fids.of(2, 7))).isTrue();
    assertThat(both.covers(Fids.of(3, 7))).isTrue();
    assertThat(both.covers(Fids.of(1, 7))).isFalse();
    assertThat(both.covers(Fids.BIAS)).isFalse();
  }

  @Test
  void aNameThatIsNoneGetsAllThatAre() {
    assertThatThrownBy(() -> of(DEEP, "dense", "field:itm"))
        .isInstanceOf(RefusedException.class)
        .hasMessage(
            "--reset: field:itm is no part of this model (deepfm); expected one of dense,"
                + " embeddings, field:user, field:item, field:tags");
  }

  @Test
  void aModelWithoutADensePartHasNoneToReset() {
    assertThatThrownBy(() -> of(LR, "dense"))
        .hasMessageContaining("expected one of embeddings, field:user");
  }

  private static Reset of(ModelSettings model, String... parts) {
    return Reset.of("state", List.of(parts), SyntheticExamples.SCHEMA, model);
  }
}
