package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.freshet.config.option.ConfigException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BrokenConfigTest {
  private static final String GOOD =
      """
      kafka: {bootstrap-servers: "localhost:9092"}
      features: [{name: user, kind: categorical}, {name: genres, kind: multi}]
      """;

  @Test
  void fiveMistakesAreReportedAtOnceWithTheirPlaces() {
    String yaml =
        """
        name: ctr
        kafka:
          topics: {impressions: shown}
        features:
          - {name: user, kind: categorical}
          - {name: price, kind: numeric, transform: logarithm}
          - {name: both, kind: cross, of: [user, genre]}
        join:
          windw: 30 min
        train:
          batch-size: 0
        """;

    assertThat(problems(yaml))
        .containsExactly(
            "kafka.bootstrap-servers: missing; expected a list of servers such as"
                + " kafka-1:9092,kafka-2:9092 (learner.yaml:3:3)",
            "features[2].transform: logarithm is not allowed; expected one of: auto, none,"
                + " log, standardize, buckets (learner.yaml:6:45)",
            "features[3].of: genre is not a field (learner.yaml:7:35)",
            "join.windw: unknown key; did you mean window? (learner.yaml:9:3)",
            "train.batch-size: 0 is not allowed; expected a whole number from 1 to 65536"
                + " (learner.yaml:11:15)");
  }

  @Test
  void slicesAreFieldsThatHaveValues() {
    String yaml =
        """
        kafka: {bootstrap-servers: "localhost:9092"}
        features: [{name: user, kind: categorical}, {name: price, kind: numeric, transform: log}]
        evaluate: {slices: [price, device], slice-values: 0}
        examples: {to: topic, topic: told}
        predictions: {to: topic, topic: told}
        """;

    assertThat(problems(yaml))
        .containsExactly(
            "evaluate.slices: price is neither categorical nor multi, so it has no values to slice"
                + " by (learner.yaml:3:20)",
            "evaluate.slices: device is not a field (learner.yaml:3:20)",
            "evaluate.slice-values: 0 is not allowed; expected a whole number from 1 to 1000"
                + " (learner.yaml:3:51)",
            "predictions.topic: told is already the topic of examples (learner.yaml:5:33)");
  }

  @Test
  void rulesOfTheTableNameFieldsOnceAndWithinTheirRanges() {
    String yaml =
        GOOD
            + """
            embedding:
              admission: {kind: sketch, after: 200}
              expiry: 0 s
              max-rows: -1
              fields:
                - {name: genre, expiry: 1 d}
                - {name: user, admission: {kind: chance, share: 2}}
                - {name: user, expiry: 1 d}
            """;

    assertThat(problems(yaml))
        .containsExactly(
            "embedding.admission.after: 200 is not allowed; expected a whole number from 1 to 127"
                + " (learner.yaml:4:36)",
            "embedding.expiry: 0 s is not allowed; expected never, or a time from 1 s to 3660 d"
                + " (number and unit: ms, s, min, h, d) (learner.yaml:5:11)",
            "embedding.max-rows: -1 is not allowed; expected none, or a whole number above 0"
                + " (learner.yaml:6:13)",
            "embedding.fields[1].name: genre is not a field; did you mean genres?"
                + " (learner.yaml:8:14)",
            "embedding.fields[2].admission.share: 2 is not allowed; expected a number from 0.000001"
                + " to 1 (learner.yaml:9:53)",
            "embedding.fields[3].name: user already has rules of its own (learner.yaml:10:14)");
  }

  @Test
  void nothingAtAllLacksTheKeysWithoutDefault() {
    assertThat(problems(""))
        .containsExactly(
            "kafka.bootstrap-servers: missing; expected a list of servers such as"
                + " kafka-1:9092,kafka-2:9092 (learner.yaml:1:1)",
            "features: missing; expected a list (learner.yaml:1:1)");
  }

  @Test
  void wrongSortsOfValuesSayWhatTheyAreAndWhatIsWanted() {
    assertThat(problems(GOOD + "train: 7\njoin: [1]\nmodel: {hidden-layers: 64, l2: {}}\nname:\n"))
        .containsExactly(
            "train: a single value is not allowed; expected a mapping of keys (learner.yaml:3:8)",
            "join: a list is not allowed; expected a mapping of keys (learner.yaml:4:7)",
            "model.hidden-layers: a single value is not allowed; expected a list"
                + " (learner.yaml:5:24)",
            "model.l2: a mapping is not allowed; expected a number from 0 to 1000"
                + " (learner.yaml:5:32)",
            "name: no value; expected a name of 1 to 249 letters, digits, '.', '_' and '-'"
                + " (learner.yaml:6:6)");
  }

  @Test
  void duplicateKeyNamesTheFirst() {
    assertThat(problems(GOOD + "parallelism: 2\nparallelism: 3\n"))
        .containsExactly(
            "duplicate key parallelism; the first is at learner.yaml:3:1 (learner.yaml:4:1)");
  }

  @Test
  void unknownKeyThatResemblesNoneListsThoseThereAre() {
    assertThat(problems(GOOD + "snapshot: {compression: zstd}\n"))
        .containsExactly(
            "snapshot.compression: unknown key; expected one of: root, merge, retention, gate"
                + " (learner.yaml:3:12)");
  }

  @Test
  void unknownKindListsWhatIsPossibleAndDoesNotJudgeTheKeysBesideIt() {
    assertThat(problems(GOOD + "model: {kind: xdeepfm, cin-layers: 3}\n"))
        .containsExactly(
            "model.kind: xdeepfm is not allowed; expected one of: lr, fm, deepfm, wide-deep, dcn,"
                + " finalmlp, finalnet (learner.yaml:3:15)");
    assertThat(problems(GOOD + "model: {kind: dcn, experts: 2}\n"))
        .containsExactly(
            "model.experts: says nothing without low-rank; expected both (learner.yaml:3:29)");
    assertThat(problems(GOOD + "model: {kind: finalmlp, first-gate: [who]}\n"))
        .containsExactly(
            "model.first-gate: who is no feature; expected some of: user, genres"
                + " (learner.yaml:3:37)");
    assertThat(problems(GOOD + "model: {kind: finalmlp, heads: 3}\n"))
        .containsExactly(
            "model: heads of finalmlp: 3 is not allowed; expected a divisor of the units of both"
                + " last layers (learner.yaml:3:8)");
    assertThat(problems(GOOD + "train: {embedding-optimizer: {kind: rmsprop, rho: 0.9}}\n"))
        .containsExactly(
            "train.embedding-optimizer.kind: rmsprop is not allowed; expected one of: sgd, adagrad,"
                + " rowwise-adagrad, ftrl, adam, momentum (learner.yaml:3:37)");
    assertThat(problems(GOOD + "train: {dense: {optimizer: {kind: rowwise-adagrad}}}\n"))
        .containsExactly(
            "train.dense.optimizer.kind: rowwise-adagrad is not allowed; expected one of: sgd,"
                + " adagrad, ftrl, adam, momentum (learner.yaml:3:35)");
  }

  @Test
  void rowsWhoseSlotsDecayAreForOneTrainerOnly() {
    String adam = GOOD + "train: {embedding-optimizer: {kind: adam}}\n";

    assertThat(problems(adam))
        .singleElement()
        .asString()
        .startsWith(
            "train.embedding-optimizer: keeps moments that decay in each row, which several"
                + " trainers cannot add up")
        .endsWith("set parallelism to 1, or take adagrad, ftrl or sgd (learner.yaml:3:30)");
    ConfigSamples.parse(adam + "parallelism: 1\n");
  }

  @Test
  void theDeepPartMayHaveSlotsThatDecayWithManyTrainers() {
    ConfigSamples.parse(GOOD + "train: {dense: {optimizer: {kind: adam}}}\nparallelism: 64\n");
    ConfigSamples.parse(GOOD + "train: {dense: {optimizer: {kind: momentum}}}\nparallelism: 64\n");
  }

  @Test
  void weightDecayOfManyTrainersMustNotOvershootZero() {
    String adam =
        GOOD + "train: {dense: {optimizer: {kind: adam, learning-rate: 0.1, weight-decay: 1.5}}}\n";

    assertThat(problems(adam + "parallelism: 16\n"))
        .containsExactly(
            "train.dense.optimizer.weight-decay: 1.5 times the learning rate takes 1.91 of each"
                + " weight away between two exchanges of 16 trainers; expected at most 1: lower it"
                + " (learner.yaml:3:75)");
    ConfigSamples.parse(adam + "parallelism: 1\n");
    ConfigSamples.parse(adam + "parallelism: 4\n");
  }

  @Test
  void accumulatorsAreNotCappedBelowTheirStart() {
    assertThat(problems(GOOD + "train: {embedding-optimizer: {accumulator-cap: 0.05}}\n"))
        .containsExactly(
            "train.embedding-optimizer: accumulator cap is 0.05 but must be above 0, and not below"
                + " the initial accumulator, 0.1 (learner.yaml:3:30)");
  }

  @Test
  void onlyHiddenUnitsDropOut() {
    assertThat(problems(GOOD + "model: {kind: fm}\ntrain: {dropout: 0.5}\n"))
        .containsExactly(
            "train.dropout: drops hidden units, but the model has no hidden layers: leave it out"
                + " (learner.yaml:4:18)");
    assertThat(problems(GOOD + "train: {dropout: 1, clip: {rows: -1, dense: much}}\n"))
        .containsExactly(
            "train.dropout: 1 is not allowed; expected a number from 0 to 0.99 (learner.yaml:3:18)",
            "train.clip.rows: -1 is not allowed; expected none, or a number above 0"
                + " (learner.yaml:3:34)",
            "train.clip.dense: much is not allowed; expected none, or a number above 0"
                + " (learner.yaml:3:45)");
  }

  @Test
  void fieldsAreLearnedWithinBounds() {
    assertThat(
            problems(
                GOOD,
                "features=[{name: user, kind: categorical, rate-factor: 0}, {name: a, kind: multi,"
                    + " l2: x}]"))
        .containsExactly(
            "features[1].rate-factor: 0 is not allowed; expected a number from 0.001 to 1000 (--set"
                + " features)",
            "features[2].l2: x is not allowed; expected a number from 0 to 1000 (--set features)");
  }

  @Test
  void keysOfAnotherKindAreUnknown() {
    assertThat(problems(GOOD + "train: {embedding-optimizer: {kind: sgd, alpha: 0.9}}\n"))
        .containsExactly(
            "train.embedding-optimizer.alpha: unknown key; expected one of: kind, learning-rate"
                + " (learner.yaml:3:42)");
  }

  @Test
  void quantitiesNeedAUnit() {
    assertThat(problems(GOOD + "join: {window: 30}\nevents: {max-bytes: 1MiB}\n"))
        .containsExactly(
            "join.window: 30 is not allowed; expected a time from 1 ms to 366 d (number and unit:"
                + " ms, s, min, h, d) (learner.yaml:3:16)",
            "events.max-bytes: 1MiB is not allowed; expected a size from 1 B to 64 MB (number and"
                + " unit: B, KB, MB, GB) (learner.yaml:4:21)");
  }

  @Test
  void directoriesNeedASchemeAndAWholePath() {
    assertThat(problems(GOOD + "snapshot: {root: /data}\ncheckpoint: {dir: 'file:data'}\n"))
        .hasSize(2)
        .allMatch(p -> p.contains("such as file:///data/x or s3://bucket/x"));
  }

  @Test
  void settingsThatContradictEachOtherAreRefused() {
    assertThat(
            problems(
                GOOD
                    + """
                    parallelism: 200
                    snapshot: {root: file:///a}
                    checkpoint: {dir: file:///a}
                    """))
        .containsExactly(
            "parallelism: 200 is above max-parallelism, 128 (learner.yaml:3:14)",
            "snapshot.root: the same as checkpoint.dir; give each a directory of its own"
                + " (learner.yaml:4:18)");
  }

  @Test
  void topicsMustDifferAlsoFromDefaults() {
    String kafka = "kafka: {bootstrap-servers: 'k:1', topics: {clicks: impressions}}\n";

    assertThat(problems(kafka + "features: [{name: user, kind: categorical}]\n"))
        .containsExactly(
            "kafka.topics.clicks: impressions is already the topic of impressions"
                + " (learner.yaml:1:52)");
  }

  @Test
  void severalDocumentsAreRefused() {
    assertThat(problems(GOOD + "---\nname: other\n"))
        .containsExactly("a second document; expected only one (learner.yaml:4:1)");
  }

  @Test
  void labelsThatCannotBeAreRefusedWhereTheyStand() {
    String twoActions =
        GOOD
            + """
            join:
              actions: [{name: click}, {name: like, topic: likes}]
              label: {click: 0.5, like: 0.5}
            """;

    assertThat(problems(twoActions + "  policy: fake-negative-weighted\n"))
        .containsExactly(
            "join.policy: cannot emit a label that is a sum of actions before it is final; give"
                + " label one action with 1, or policy wait or full-wait (learner.yaml:6:11)");
    assertThat(problems(twoActions + "  negatives: {rate: 0.1, correction: log-odds}\n"))
        .containsExactly(
            "join.negatives.correction: log-odds cannot be corrected where the label is a sum of"
                + " actions; expected weight (learner.yaml:6:38)");
    assertThat(
            problems(
                GOOD, "join.policy=short-wait", "join.negatives={rate: 1, correction: weight}"))
        .containsExactly(
            "join.negatives.correction: only for wait and full-wait; other policies make up for"
                + " sampled negatives themselves: leave it out (--set join.negatives)");
    assertThat(problems(GOOD, "join.policy=short-wait", "join.window=20 s"))
        .containsExactly(
            "join.short-wait: not below the window; give a few seconds (--set join.policy)");
  }

  @Test
  void actionsThatCannotBeAreRefused() {
    assertThat(problems(GOOD + "join: {label: {clik: 1}}\n"))
        .containsExactly(
            "join.label: clik is not an action; expected one of: click (learner.yaml:3:15)");
    assertThat(problems(GOOD + "join: {actions: [{name: a}, {name: a}, {name: b, after: c}]}\n"))
        .containsExactly(
            "join.actions: duplicate name a (learner.yaml:3:17)",
            "join.actions: b joins after c; expected impression or an action that joins to it"
                + " (learner.yaml:3:17)");
    assertThat(problems(GOOD + "join: {actions: [{name: a, topic: metrics}]}\n"))
        .containsExactly(
            "join.actions: metrics is already the topic of metrics (learner.yaml:3:17)");
  }

  static List<String> problems(String yaml, String... overrides) {
    return catchThrowableOfType(
            ConfigException.class,
            () -> LearnerConfig.parse(yaml, "learner.yaml", List.of(overrides)))
        .problems();
  }
}
