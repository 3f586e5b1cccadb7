package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.Field;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FeatureOptionsTest {

  @Test
  void fieldsAreNumberedByPositionFromOne() {
    LearnerConfig config =
        ConfigSamples.parse(
            ConfigSamples.LEAST,
            "features=[{name: a, kind: multi}, {name: user, kind: categorical, number: 7}, {name:"
                + " c, kind: multi}]");

    assertThat(config.features().fields()).extracting(Field::number).containsExactly(1, 7, 3);
  }

  @Test
  void namesAndNumbersAreGivenOnce() {
    assertThat(
            problems(
                "{name: user, kind: categorical}",
                "{name: user, kind: multi}",
                "{name: a, kind: multi, number: 1}"))
        .containsExactly(
            "features[2].name: user is already the name of another field",
            "features[3].number: 1 is already the number of user");
  }

  @Test
  void crossIsOfSeveralCategoricalOrMultiFields() {
    assertThat(
            problems(
                "{name: user, kind: categorical}",
                "{name: price, kind: numeric}",
                "{name: one, kind: cross, of: [user]}",
                "{name: twice, kind: cross, of: [user, user]}",
                "{name: number, kind: cross, of: [user, price]}",
                "{name: cross, kind: cross, of: [user, number]}",
                "{name: unknown, kind: cross, of: [user, prce]}",
                "{name: none, kind: cross}"))
        .containsExactly(
            "features[3].of: 1 items are not allowed; expected 2 or more",
            "features[4].of: names a field twice",
            "features[5].of: price is neither categorical nor multi, so it has no values to cross",
            "features[6].of: number is neither categorical nor multi, so it has no values to cross",
            "features[7].of: prce is not a field; did you mean price?",
            "features[8].of: missing; expected a list");
  }

  @Test
  void historiesAreOfOneCategoricalUserAndOfWhatIsShown() {
    assertThat(
            problems(
                "{name: user, kind: categorical}",
                "{name: tags, kind: multi}",
                "{name: a, kind: sequence, of: tags, history: {field: tags}}",
                "{name: b, kind: sequence, of: tags, history: {field: usr, of: a}}",
                "{name: c, kind: sequence, of: tags, history: {of: tag}}",
                "{name: d, kind: cross, of: [user, c]}"))
        .containsExactly(
            "features[3].history.field: tags is not categorical; a user has one value",
            "features[4].history.field: usr is not a field; did you mean user?",
            "features[4].history.of: a is a sequence; expected what an impression shows",
            "features[5].history.field: differs between histories (tags, usr, user); expected one",
            "features[5].history.of: tag is not a field; did you mean tags?",
            "features[6].of: c is filled only after fields are crossed: leave out its history");
  }

  @Test
  void actionsOfAHistoryAreThoseOfTheLabel() {
    assertThat(
            problems(
                "{name: user, kind: categorical}",
                "{name: a, kind: sequence, of: user, history: {actions: [buy, click]}}",
                "{name: b, kind: sequence, of: user, history: {actions: []}}"))
        .containsExactly(
            "features[2].history.actions: buy is no action that the label counts; expected some of"
                + " click",
            "features[3].history.actions: names no action; expected some of click");
  }

  @Test
  void rowsAreSharedOfACategoricalOrMultiFieldWithRowsOfItsOwn() {
    assertThat(
            problems(
                "{name: user, kind: categorical}",
                "{name: price, kind: numeric}",
                "{name: last, kind: categorical, shares: user}",
                "{name: seen, kind: multi, shares: last}",
                "{name: own, kind: multi, shares: own}",
                "{name: cost, kind: multi, shares: price}",
                "{name: friend, kind: categorical, shares: usr}",
                "{name: rated, kind: multi, shares: user, rate-factor: 2, l2: 1}",
                "{name: past, kind: sequence, of: price, l2: 1}",
                "{name: lost, kind: sequence}",
                "{name: kept, kind: sequence, of: user, pooling: attention, target: prce}"))
        .containsExactly(
            "features[4].shares: last shares those of user: name that",
            "features[5].shares: names the field itself; leave it out for rows of its own",
            "features[6].shares: price is neither categorical nor multi, so it has no values to"
                + " share",
            "features[7].shares: usr is not a field; did you mean user?",
            "features[8].rate-factor: the rows are those of user: give it there",
            "features[8].l2: the rows are those of user: give it there",
            "features[9].of: price is neither categorical nor multi, so it has no values to share",
            "features[9].l2: the rows are those of price: give it there",
            "features[10].of: missing; expected text",
            "features[11].target: prce is not a field; did you mean price?");
  }

  @Test
  void listsRunAlongASequence() {
    assertThat(
            problems(
                "{name: user, kind: categorical}",
                "{name: past, kind: sequence, of: user}",
                "{name: age, kind: parallel, along: past, log: true}",
                "{name: lost, kind: parallel}",
                "{name: typed, kind: parallel, along: pst}",
                "{name: wrong, kind: parallel, along: user, of: age}",
                "{name: kept, kind: parallel, along: past, of: user, target: usr, l2: 1}"))
        .containsExactly(
            "features[4].along: missing; expected text",
            "features[5].along: pst is not a field; did you mean past?",
            "features[6].along: user is no sequence",
            "features[6].of: age is neither categorical nor multi, so it has no values to share",
            "features[7].target: usr is not a field; did you mean user?",
            "features[7].l2: the rows are those of user: give it there");
  }

  @Test
  void theSizeOfAFieldIsOfItsOwnRowsAndAtMostTheModels() {
    String features =
        "features=[{name: user, kind: categorical, embedding-size: 4},"
            + " {name: a, kind: multi, shares: user, embedding-size: 4},"
            + " {name: past, kind: sequence, of: user, embedding-size: 2},"
            + " {name: b, kind: numeric, embedding-size: 11},"
            + " {name: c, kind: vector, size: 3, embedding-size: 10}]";
    String least = ConfigSamples.LEAST;

    assertThat(BrokenConfigTest.problems(least, features))
        .containsExactly(
            "features[2].embedding-size: the rows are those of user: give it there (--set"
                + " features)",
            "features[3].embedding-size: the rows are those of user: give it there (--set"
                + " features)",
            "features[4].embedding-size: 11 is above model.embedding-size, 10; expected at most"
                + " that (--set features)");
    assertThat(
            BrokenConfigTest.problems(
                least,
                "features=[{name: user, kind: categorical, embedding-size: 4}]",
                "model={kind: lr}"))
        .containsExactly(
            "features[1].embedding-size: lr has no embeddings: leave it out (--set features)");
  }

  @Test
  void fieldsThatShareRowsHaveTheSizeOfThese() {
    LearnerConfig config =
        ConfigSamples.parse(
            ConfigSamples.LEAST,
            "features=[{name: user, kind: categorical, embedding-size: 4},"
                + " {name: a, kind: multi, shares: user},"
                + " {name: past, kind: sequence, of: user},"
                + " {name: along, kind: parallel, along: past, embedding-size: 2},"
                + " {name: b, kind: numeric, embedding-size: 10}]");

    assertThat(config.model().embeddingSizes()).isEqualTo(Map.of(1, 4, 2, 4, 3, 4, 4, 2));
  }

  @Test
  void sharedRowsHaveTheRulesOfTheirFieldAndEmbeddings() {
    String features =
        "features=[{name: user, kind: categorical}, {name: a, kind: multi, shares: user}]";
    String least = ConfigSamples.LEAST;

    assertThat(BrokenConfigTest.problems(least, features, "embedding.fields=[{name: a}]"))
        .containsExactly(
            "embedding.fields[1].name: the rows of a are those of user: name that (--set"
                + " embedding.fields)");
    assertThat(BrokenConfigTest.problems(least, features, "model={kind: lr}"))
        .containsExactly(
            "model.kind: lr has no embeddings that fields could share: leave out shares (--set"
                + " model)");
  }

  @Test
  void fieldThatCouldNotBeReadIsStillKnownByItsName() {
    assertThat(
            problems(
                "{name: user, kind: categoric}",
                "{name: genres, kind: multi}",
                "{name: both, kind: cross, of: [user, genres]}"))
        .containsExactly(
            "features[1].kind: categoric is not allowed; expected one of: categorical, multi,"
                + " numeric, sequence, parallel, vector, cross");
  }

  @Test
  void userFieldIsACategoricalField() {
    assertThat(problems("{name: usr, kind: categorical}"))
        .containsExactly("train.user-field: user is not a field; did you mean usr?");
    assertThat(problems("{name: reader, kind: categorical}"))
        .containsExactly("train.user-field: user is not a field; give the one that names users");
    assertThat(problems("{name: user, kind: numeric}"))
        .containsExactly(
            "train.user-field: user is not categorical; a user has one value, taken as it is");
  }

  @Test
  void boundsAscend() {
    assertThat(
            problems(
                "{name: user, kind: categorical}",
                "{name: a, kind: numeric, transform: buckets, bounds: [1, 3, 3]}",
                "{name: b, kind: numeric, transform: buckets, bounds: []}"))
        .containsExactly(
            "features[2].bounds: 3.0 is not above 3.0 before it",
            "features[3].bounds: 0 items are not allowed; expected 1 or more");
  }

  @Test
  void deviationIsPositive() {
    assertThat(
            problems(
                "{name: user, kind: categorical}",
                "{name: a, kind: numeric, transform: standardize, mean: 1e999, deviation: 0}"))
        .containsExactly(
            "features[2].mean: 1e999 is not allowed; expected a number",
            "features[2].deviation: 0 is not allowed; expected a number above 0");
  }

  /** The problems, in the order of the fields and without their places. */
  private static List<String> problems(String... fields) {
    String yaml = "kafka: {bootstrap-servers: 'k:1'}\nfeatures:\n- " + String.join("\n- ", fields);
    return BrokenConfigTest.problems(yaml).stream()
        .map(p -> p.replaceFirst(" \\(learner.yaml:\\d+:\\d+\\)$", ""))
        .toList();
  }
}
