package io.freshet.model.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.feature.SequenceField;
import io.freshet.feature.SequenceField.Attention;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.NetworkSettings;
import io.freshet.model.Sizes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ModelShapeTest {
  private static final Field USER = new CategoricalField("user", 1);
  private static final Field ITEM = new CategoricalField("item", 2);
  private static final Field HOUR = new CategoricalField("hour", 7);
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(8, 3), 0, 42);

  @Test
  void aFieldThatComesIsLateForEverUnlessItGoesAgain() {
    ModelShape first = shape(USER, ITEM);
    ModelShape second = shape(USER, ITEM, HOUR).after(first);
    ModelShape third = shape(HOUR, USER).after(second);

    assertThat(first.lateFields()).isEmpty();
    assertThat(second.lateFields()).containsExactly(7);
    assertThat(third.lateFields()).containsExactly(7);
    assertThat(shape(USER, ITEM).after(third).lateFields()).containsExactly(2);
  }

  @Test
  void theSameModelHasTheShapeOfItsState() {
    ModelShape late = shape(USER, ITEM, HOUR).after(shape(USER, ITEM));

    assertThat(shape(USER, ITEM, HOUR).after(late)).isEqualTo(late);
    assertThat(shape(ITEM, USER, HOUR).after(late)).isNotEqualTo(late);
  }

  @Test
  void textIsReadAsItWasWritten() {
    ModelShape late = shape(USER, HOUR).after(shape(USER));
    Field last = new CategoricalField("last", 2, "user");
    Field hour = new CategoricalField("hour", 7, "user");
    ModelShape sharing = shape(USER, last, hour).after(shape(USER, last));
    ModelShape bare =
        new ModelShape(
            0, new NetworkSettings(NetworkSettings.PLAIN, List.of(), 0, Sizes.NONE), List.of());

    assertThat(late.text()).isEqualTo("4;8,3;0;1,7+");
    assertThat(sharing.text()).isEqualTo("4;8,3;0;1,2=,7=+");
    assertThat(ModelShape.parse(sharing.text())).isEqualTo(sharing);
    Field attends =
        new SequenceField("a", 9, "user", 5, Pooling.ATTENTION, new Attention("user", 36, true));
    ModelShape attending = shape(USER, attends).after(shape(USER));
    assertThat(attending.text()).isEqualTo("4;8,3;0;1,9=~36+");
    assertThat(ModelShape.parse(attending.text())).isEqualTo(attending);
    assertThat(ModelShape.parse(late.text())).isEqualTo(late);
    assertThat(ModelShape.parse(bare.text())).isEqualTo(bare);
    assertThatThrownBy(() -> ModelShape.parse("4;8"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4;8");
  }

  @Test
  void sizesOfFieldsAreInTheText() {
    FeatureSchema schema = new FeatureSchema(List.of(USER, ITEM, HOUR), "user");
    ModelShape before = ModelShape.of(new FeatureSchema(List.of(USER), "user"), MODEL);
    ModelShape shape = ModelShape.of(schema, MODEL.withEmbeddingSizes(Map.of(2, 3, 7, 1)));

    assertThat(shape.text()).isEqualTo("4;8,3;0;1,2/3,7/1");
    assertThat(shape.after(before).text()).isEqualTo("4;8,3;0;1,2/3+,7/1+");
    assertThat(ModelShape.parse(shape.after(before).text())).isEqualTo(shape.after(before));
  }

  @Test
  void aDensePartOfSizesOfItsOwnIsInTheText() {
    ModelSettings dcn =
        new ModelSettings(ModelKind.DCN, 4, List.of(8), 2, 0, 1)
            .withSizes(new Sizes(Map.of("low-rank", List.of(3), "experts", List.of(2))));
    ModelShape shape = ModelShape.of(new FeatureSchema(List.of(USER), "user"), dcn);

    assertThat(shape.text()).isEqualTo("4;8;2;1;/experts=2/low-rank=3");
    assertThat(ModelShape.parse(shape.text())).isEqualTo(shape);
  }

  private static ModelShape shape(Field... fields) {
    return ModelShape.of(new FeatureSchema(List.of(fields), fields[0].name()), MODEL);
  }
}
