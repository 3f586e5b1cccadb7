package io.freshet.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.freshet.feature.NumericField.Transform.Buckets;
import io.freshet.feature.NumericField.Transform.Identity;
import io.freshet.feature.NumericField.Transform.Standardize;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureSchemaTest {
  private static final Field USER = new CategoricalField("user", 1);

  @Test
  void usageExample() {
    FeatureSchema schema =
        new FeatureSchema(
            List.of(
                USER,
                new MultiField("genres", 7),
                new NumericField("age", 3, new Buckets(List.of(18.0, 65.0))),
                new CrossField("user-age", 4, List.of("user", "age"))),
            "user");

    assertThat(schema.index("genres")).isEqualTo(1);
    assertThat(schema.indexes()[7]).isEqualTo(1);
    assertThat(schema.indexes()[2]).isEqualTo(-1);
    assertThat(schema.rawNames().size()).isEqualTo(3);
    assertThat(schema.rawNames().indexOf("age")).isEqualTo(2);
  }

  @Test
  void namesAndNumbersAreDistinct() {
    assertThat(problems(USER, new MultiField("user", 1), new CategoricalField(" ", 2)))
        .containsExactly(
            "features[1].name: user is already the name of another field; expected a unique name",
            "features[2].name: is blank",
            "features[1].number: 1 is already the number of user; expected a unique number");
  }

  @Test
  void numbersFitTheHighBitsOfTheIds() {
    assertThat(problems(USER, new CategoricalField("a", 0), new CategoricalField("b", 4096)))
        .containsExactly(
            "features[1].number: 0 is not in 1..4095",
            "features[2].number: 4096 is not in 1..4095");
  }

  @Test
  void rowsAreSharedOfAFieldThatHasThem() {
    Field last = new CategoricalField("last", 2, "user");
    Field price = new NumericField("price", 3, new Identity());

    assertThat(problems(USER, last, price)).isEmpty();
    assertThat(new FeatureSchema(List.of(last, USER), "user").namesOfRows(1))
        .containsExactly("user", "last");
    assertThat(problems(USER, last, price, new MultiField("a", 4, "last")))
        .containsExactly(
            "features[3].shares: last is no categorical or multi field with rows of its own;"
                + " expected one of [user]");
    assertThat(problems(USER, price, new MultiField("a", 4, "price"))).hasSize(1);
  }

  @Test
  void transformsHaveUsableNumbers() {
    assertThat(
            problems(
                USER,
                new NumericField("a", 2, new Standardize(Double.NaN, 0)),
                new NumericField("b", 3, new Buckets(List.of())),
                new NumericField("c", 4, new Buckets(List.of(1.0, 1.0)))))
        .containsExactly(
            "features[1].mean: NaN is not finite",
            "features[1].deviation: 0.0; expected a finite number above 0",
            "features[2].bounds: []; expected one or more finite numbers, each above the last",
            "features[3].bounds: [1.0, 1.0]; expected one or more finite numbers, each above the"
                + " last");
  }

  @Test
  void crossesAreOfTwoOrMoreFieldsThatNameValues() {
    Field price = new NumericField("price", 2, new Identity());
    Field cross = new CrossField("x", 3, List.of("user", "price", "nobody", "x", "user"));

    assertThat(problems(USER, price, cross, new CrossField("y", 4, List.of("user"))))
        .containsExactly(
            "features[2].of: [user, price, nobody, x, user] names a field twice",
            "features[2].of: price is no categorical, multi or bucketed field; expected fields of"
                + " [user]",
            "features[2].of: nobody is no categorical, multi or bucketed field; expected fields of"
                + " [user]",
            "features[2].of: x is no categorical, multi or bucketed field; expected fields of"
                + " [user]",
            "features[3].of: names 1 fields; expected two or more");
  }

  @Test
  void theUserFieldIsCategorical() {
    assertThat(FeatureSchema.problems(List.of(USER, new MultiField("genres", 2)), "genres"))
        .containsExactly(
            "train.user-field: genres is no categorical field; expected one of [user]");
    assertThat(FeatureSchema.problems(List.of(USER), "nobody")).hasSize(1);
  }

  @Test
  void aSchemaWithProblemsIsNotMade() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FeatureSchema(List.of(), "user"))
        .withMessageContaining("features: is empty; expected at least one field")
        .withMessageContaining("train.user-field: user is no categorical field");
  }

  @Test
  void operatorsCanCarryIt() throws IOException, ClassNotFoundException {
    FeatureSchema schema =
        new FeatureSchema(
            List.of(
                USER,
                new NumericField("a", 2, new Standardize(1, 2)),
                new NumericField("b", 3, new Buckets(List.of(1.0))),
                new CrossField("x", 4, List.of("user", "b"))),
            "user");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new ObjectOutputStream(bytes).writeObject(schema);

    Object read = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();

    assertThat(read).isEqualTo(schema);
  }

  private static List<String> problems(Field... fields) {
    return FeatureSchema.problems(List.of(fields), "user");
  }
}
