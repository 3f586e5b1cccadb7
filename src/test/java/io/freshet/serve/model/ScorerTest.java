package io.freshet.serve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.event.FeatureValues;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.gauge.Expert;
import io.freshet.model.kind.Explanation;
import io.freshet.model.kind.Predictor;
import io.freshet.model.label.LabelCorrection;
import io.freshet.model.learn.LocalLearner;
import io.freshet.model.row.UnknownRows;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.snapshot.format.Undigested;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.SampleChain;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScorerTest {
  private static final Version FULL = new Version("0badcafe", 1);

  @TempDir Path root;
  private SnapshotStore store;

  @BeforeEach
  void publish() throws Exception {
    store = new SnapshotStore(new LocalStorage(root));
    new SampleModel(root).full(FULL, 0.125f, 0, 1L << 52, 3L << 52 | 1);
  }

  @Test
  void scoresAreThoseOfAPredictorOverTheSnapshot() throws Exception {
    Scorer scorer = scorer();
    List<Example> examples = examples(scorer, 300);

    assertThat(scorer.score(examples))
        .containsExactly(predictor(UnknownRows.START).predict(examples), within(1e-6f));
  }

  @Test
  void aScoreDoesNotDependOnWhatIsScoredBesideIt() throws Exception {
    Scorer scorer = scorer();
    List<Example> examples = examples(scorer, 300);
    for (int i = 0; i < 100; i++) { // candidates of one user
      examples.add(encoded(scorer, Map.of("user", "u1", "price", i, "genres", List.of("war"))));
    }
    float[] together = scorer.score(examples);

    for (int i = 0; i < together.length; i++) {
      assertThat(scorer.score(List.of(examples.get(i))))
          .containsExactly(new float[] {together[i]}, within(1e-6f));
    }
  }

  @Test
  void unknownIdsCountAsTheManifestSays() throws Exception {
    float start = scorer().score(SampleModel.FEATURES);
    Path manifest = root.resolve(FULL + "/manifest.json");
    Files.writeString(manifest, Undigested.read(manifest).replace("start-row", "zero"));
    float zero = scorer().score(SampleModel.FEATURES);
    List<Example> example = List.of(encoded(scorer(), SampleModel.FEATURES));

    assertThat(start).isEqualTo(predictor(UnknownRows.START).predict(example)[0]);
    assertThat(zero).isEqualTo(predictor(UnknownRows.ZERO).predict(example)[0]).isNotEqualTo(start);
  }

  @Test
  void unknownIdsOfFieldsThatEarnTheirRowsCountAsNothing() throws Exception {
    Path manifest = root.resolve(FULL + "/manifest.json");
    Files.writeString(
        manifest,
        Undigested.read(manifest)
            .replaceFirst("\"start-row\",", "\"start-row\", \"zero_fields\": [1, 3],"));
    float score = scorer().score(SampleModel.FEATURES);
    List<Example> example = List.of(encoded(scorer(), SampleModel.FEATURES));

    assertThat(score)
        .isEqualTo(predictor(UnknownRows.zeroIn(List.of(1, 3))).predict(example)[0])
        .isNotEqualTo(predictor(UnknownRows.START).predict(example)[0]);
  }

  @Test
  void aScorerGoesOnWithTheNextVersionOfALearnerAndKeepsNoneMeanwhile() throws Exception {
    Path manifest = root.resolve(FULL + "/manifest.json");
    String text = Undigested.read(manifest);
    Files.writeString(
        manifest, text.replaceFirst("\"start-row\",", "\"start-row\", \"zero_fields\": [1, 3],"));
    Scorer scorer = scorer();
    float first = scorer.score(SampleModel.FEATURES);
    scorer.close();
    assertThatThrownBy(scorer::model).hasMessage("the scorer is closed");

    try (SnapshotFollower follower = new SnapshotFollower(store, InstantSource.system())) {
      follower.look();
      ServedModel next = follower.model().orElseThrow();
      assertThat(scorer.fits(next)).isTrue();
      scorer.reopen(next);
      assertThat(scorer.model()).isSameAs(next);
      assertThat(scorer.score(SampleModel.FEATURES)).isEqualTo(first);
    }

    Files.writeString(manifest, text);
    assertThat(scorer.fits(scorer().model())).isFalse();
  }

  @Test
  void anExampleOfUnknownIdsScoresWhatTheTrainerPredictsBeforeItLearnsIt() throws Exception {
    LocalLearner learner =
        new LocalLearner(SampleModel.SCHEMA, SampleModel.SETTINGS, LearningSettings.DEFAULT);
    List<LabeledExample> learned = new ArrayList<>();
    for (Example example : examples(scorer(), 100)) {
      learned.add(new LabeledExample("i", 0, 1, 1, example));
    }
    learner.learn(learned);
    learner.flushDense();
    publish(learner);
    Map<String, ?> unseen = Map.of("user", "never seen", "genres", List.of("nor this"), "price", 3);

    float score = scorer().score(unseen);

    LabeledExample next = new LabeledExample("i", 0, 1, 1, encoded(scorer(), unseen));
    assertThat(learner.learn(List.of(next)).probabilities()).containsExactly(score);
  }

  private void publish(LocalLearner learner) throws Exception {
    TreeMap<Long, float[]> rows = new TreeMap<>();
    for (int row = 0; row < learner.rows(); row++) {
      rows.put(learner.fid(row), learner.finished(row));
    }
    float[] dense = new float[learner.dense().size()];
    learner.dense().finish(0, dense.length, dense, 0);
    new SampleChain(root, SampleModel.SCHEMA, SampleModel.SETTINGS)
        .gauge(learner.gauge().published())
        .publish(new Version("0badcafe", 2), Optional.empty(), rows, new long[0], dense);
  }

  @Test
  void anExplanationAddsUpToTheScore() throws Exception {
    Scorer scorer = scorer();
    Explanation explained = scorer.explain(encoded(scorer, SampleModel.FEATURES));
    Explanation.Mixed mixed = explained.mixed();

    double probability = 0;
    for (int k = 0; k < SampleModel.GAUGE.experts().size(); k++) {
      Expert expert = SampleModel.GAUGE.experts().get(k);
      double z =
          mixed.offset()
              + expert.firstOrder() * mixed.firstOrder()
              + expert.logit() * (explained.logit() - mixed.offset())
              + expert.correction();
      double predicted = 1 / (1 + Math.exp(-z));
      assertThat(mixed.predictions().get(k)).isCloseTo(predicted, within(1e-6));
      probability += expert.weight() * predicted;
    }

    assertThat(explained.numbers()[2]).isCloseTo((Math.log(3.5) - 1.1) / 0.4, within(1e-6));
    assertThat(explained.numbers()[0]).isNaN();
    assertThat(mixed.probability()).isCloseTo(probability, within(1e-6));
    assertThat(scorer.score(SampleModel.FEATURES))
        .isCloseTo((float) mixed.probability(), within(1e-6f));
  }

  @Test
  void unknownIdsAreCounted() throws Exception {
    Scorer scorer = scorer();
    scorer.score(Map.of("price", 1));

    // known: the bias, the missing user, the price; unknown: its knots, missing genres, the cross
    assertThat(scorer.lookups()).isEqualTo(7);
    assertThat(scorer.unknownIds()).isEqualTo(4);
  }

  @Test
  void whatTheSchemaCannotHoldIsNamed() throws Exception {
    Scorer scorer = scorer();

    assertThatThrownBy(() -> scorer.score(Map.of("price", "cheap")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("features.price is a string; expected a number");
  }

  private Scorer scorer() {
    try (SnapshotFollower follower = new SnapshotFollower(store, InstantSource.system())) {
      follower.look();
      return follower.model().orElseThrow().newScorer();
    }
  }

  private Predictor predictor(UnknownRows unknown) throws Exception {
    Snapshot snapshot = new SnapshotReader(store).load(FULL);
    return new Predictor(
        SampleModel.SCHEMA,
        SampleModel.SETTINGS,
        snapshot,
        unknown,
        snapshot.denseVector(),
        snapshot.gauge(),
        LabelCorrection.none());
  }

  private static List<Example> examples(Scorer scorer, int n) throws Exception {
    Random random = new Random(5);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Map<String, ?> features =
          Map.of(
              "user",
              "u" + random.nextInt(9),
              "genres",
              List.of(random.nextInt(5), random.nextInt(5)),
              "price",
              random.nextDouble());
      examples.add(encoded(scorer, features));
    }
    return examples;
  }

  private static Example encoded(Scorer scorer, Map<String, ?> features) throws Exception {
    return scorer.encode(FeatureValues.of(scorer.names(), features));
  }
}
