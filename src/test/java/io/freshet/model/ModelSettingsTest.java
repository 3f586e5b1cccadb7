package io.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.Ftrl;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.RowWiseAdagrad;
import io.freshet.model.optimizer.Sgd;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelSettingsTest {

  @Test
  void theDefaultsAreTheMeasuredOnes() {
    OptimizerSettings ftrl = new Ftrl(0.5f, 1, 0, 0);
    OptimizerSettings embedding = new Adagrad(0.1f, 0.1f);
    OptimizerSettings dense = new Adagrad(0.02f, 0.1f, 100);

    assertThat(ModelSettings.DEFAULT).isEqualTo(new ModelSettings(10, List.of(128, 64), 0, 42));
    assertThat(LearningSettings.DEFAULT)
        .isEqualTo(new LearningSettings(64, 1, ftrl, embedding, 64, dense));
  }

  @Test
  void shapesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new ModelSettings(0, List.of(), 0, 1))
        .hasMessage("embedding size is 0 but must be 1 or more");
    assertThatThrownBy(() -> new ModelSettings(1, List.of(8, 0), 0, 1))
        .hasMessage("units of a hidden layer is 0 but must be 1 or more");
    assertThatThrownBy(() -> new ModelSettings(1, List.of(), -1, 1))
        .hasMessage("l2 is -1.0 but must be 0 or more and finite");
  }

  @Test
  void aKindHasItsOwnPartsOnly() {
    assertThatThrownBy(() -> new ModelSettings(ModelKind.LR, 4, List.of(), 0, 0, 1))
        .hasMessage("embedding size is 4, but a model of kind lr has none");
    assertThatThrownBy(() -> new ModelSettings(ModelKind.FM, 4, List.of(8), 0, 0, 1))
        .hasMessage("hidden layers are [8], but a model of kind fm has none");
    assertThatThrownBy(() -> new ModelSettings(ModelKind.WIDE_DEEP, 4, List.of(8), 2, 0, 1))
        .hasMessage("number of cross layers is 2, but a model of kind wide-deep has none");
    assertThatThrownBy(() -> new ModelSettings(ModelKind.DCN, 4, List.of(8), 0, 0, 1))
        .hasMessage("number of cross layers is 0 but must be 1 or more");
  }

  @Test
  void stepsWithoutExamplesAreRefused() {
    OptimizerSettings sgd = new Sgd(1);

    assertThatThrownBy(() -> new LearningSettings(0, 1, sgd, sgd, 1, sgd))
        .hasMessage("step size is 0 but must be 1 or more");
    assertThatThrownBy(() -> new LearningSettings(1, 0, sgd, sgd, 1, sgd))
        .hasMessage("repeats per user is 0 but must be 1 or more");
    assertThatThrownBy(() -> new LearningSettings(1, 1, sgd, sgd, 0, sgd))
        .hasMessage("dense step size is 0 but must be 1 or more");
  }

  @Test
  void anAccumulatorOfAVectorIsForEmbeddingsOnly() {
    OptimizerSettings sgd = new Sgd(1);
    OptimizerSettings rowWise = new RowWiseAdagrad(1, 1);

    assertThat(new LearningSettings(1, 1, sgd, rowWise, 1, sgd).embedding()).isEqualTo(rowWise);
    assertThatThrownBy(() -> new LearningSettings(1, 1, rowWise, sgd, 1, sgd))
        .hasMessageStartingWith("first-order optimizer is row-wise Adagrad");
    assertThatThrownBy(() -> new LearningSettings(1, 1, sgd, sgd, 1, rowWise))
        .hasMessage(
            "dense optimizer is row-wise Adagrad, which keeps one accumulator for an embedding"
                + " vector, but must keep one for each parameter: take Adagrad");
  }

  @Test
  void layersAreCopied() {
    List<Integer> layers = new ArrayList<>(List.of(4));
    ModelSettings model = new ModelSettings(1, layers, 0, 1);

    layers.add(5);

    assertThat(model.hiddenLayers()).containsExactly(4);
  }
}
