package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.config.CheckpointSettings.Backend;
import io.freshet.config.KafkaSettings.Topics;
import io.freshet.evaluate.EvaluateSettings;
import io.freshet.event.EventFormat;
import io.freshet.event.EventSettings;
import io.freshet.event.SchemaLocations;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field.Categorical;
import io.freshet.feature.Field.Cross;
import io.freshet.feature.Field.Multi;
import io.freshet.feature.Field.Numeric;
import io.freshet.feature.Field.Transform;
import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabelSettings.LateClicks;
import io.freshet.feature.example.LabelSettings.Sampling;
import io.freshet.join.Action;
import io.freshet.join.BreakerSettings;
import io.freshet.join.JoinSettings;
import io.freshet.join.LabelDefinition;
import io.freshet.model.Admission.Chance;
import io.freshet.model.Admission.Counted;
import io.freshet.model.Admission.Sketched;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.TableSettings;
import io.freshet.model.TableSettings.FieldRule;
import io.freshet.model.TableSettings.Rule;
import io.freshet.model.optimizer.FieldLearning;
import io.freshet.model.optimizer.OptimizerSettings.Adagrad;
import io.freshet.model.optimizer.OptimizerSettings.Adam;
import io.freshet.model.optimizer.OptimizerSettings.Ftrl;
import io.freshet.model.optimizer.OptimizerSettings.Momentum;
import io.freshet.model.optimizer.OptimizerSettings.RowWiseAdagrad;
import io.freshet.model.optimizer.OptimizerSettings.Sgd;
import io.freshet.model.optimizer.Regularization;
import io.freshet.snapshot.CompactionSettings;
import io.freshet.snapshot.GateSettings;
import io.freshet.snapshot.RetentionSettings;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.train.TrainSettings;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LearnerConfigTest {
  private static final LearnerConfig DEFAULT =
      LearnerConfig.of(
          KafkaSettings.of("localhost:9092", "freshet-ctr"),
          new FeatureSchema(List.of(new Categorical("user", 1)), "user"));

  @Test
  void usageExample() {
    LearnerConfig config =
        LearnerConfig.parse(
            """
            kafka: {bootstrap-servers: "localhost:9092"}
            features:
              - {name: user, kind: categorical}
            """,
            "learner.yaml",
            List.of("train.batch-size=512"));

    assertThat(config.train().batchSize()).isEqualTo(512);
  }

  @Test
  void whatIsLeftOutHasTheDefaultsOfTheRecords() {
    assertThat(ConfigSamples.parse(ConfigSamples.LEAST)).isEqualTo(DEFAULT);
  }

  @Test
  void defaultsAreThoseOfTheDesign() {
    assertThat(DEFAULT.name()).isEqualTo("ctr");
    assertThat(DEFAULT.parallelism()).isEqualTo(2);
    assertThat(DEFAULT.maxParallelism()).isEqualTo(128);
    assertThat(DEFAULT.events()).isEqualTo(new EventSettings(1_048_576, 1000, Duration.ofHours(1)));
    assertThat(DEFAULT.join())
        .isEqualTo(
            new JoinSettings(
                Duration.ofSeconds(30),
                Duration.ofMinutes(1),
                Duration.ofSeconds(1),
                Duration.ofHours(4),
                LabelDefinition.click("clicks", Duration.ofMinutes(30)),
                LabelSettings.DEFAULT,
                0,
                new BreakerSettings(
                    true,
                    Duration.ofSeconds(10),
                    Duration.ofHours(1),
                    0.5,
                    4,
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(10),
                    Duration.ofHours(2),
                    BreakerSettings.Action.DEAD_LETTERS),
                Duration.ofMinutes(5)));
    assertThat(DEFAULT.model()).isEqualTo(new ModelSettings(10, List.of(128, 64), 0, 42));
    assertThat(DEFAULT.train())
        .isEqualTo(
            new TrainSettings(
                256,
                Duration.ofMillis(20),
                2,
                256,
                64,
                1_048_576,
                new LearningSettings(
                    64,
                    1,
                    new Ftrl(0.5f, 1, 0, 0),
                    new Adagrad(0.1f, 0.1f),
                    64,
                    new Adagrad(0.02f, 0.1f, 100))));
    assertThat(DEFAULT.evaluate())
        .isEqualTo(new EvaluateSettings(Duration.ofMinutes(1), 0, List.of(), 20));
    assertThat(DEFAULT.snapshot())
        .isEqualTo(
            new SnapshotSettings(
                "file:///var/lib/freshet/snapshots",
                new CompactionSettings(1, 100),
                new RetentionSettings(3, Duration.ofHours(1), Duration.ofDays(30)),
                new GateSettings(
                    5,
                    0,
                    GateSettings.NONE,
                    GateSettings.NONE,
                    GateSettings.NONE,
                    GateSettings.NONE)));
    assertThat(DEFAULT.checkpoint())
        .isEqualTo(
            new CheckpointSettings(
                Duration.ofMinutes(1),
                Duration.ofMinutes(10),
                "file:///var/lib/freshet/checkpoints",
                Backend.ROCKSDB));
    assertThat(DEFAULT.examples())
        .isEqualTo(
            new ExampleSettings(
                ExampleSettings.Target.NOWHERE, "examples", "file:///var/lib/freshet/examples"));
    assertThat(DEFAULT.predictions())
        .isEqualTo(
            new ExampleSettings(
                ExampleSettings.Target.NOWHERE,
                "predictions",
                "file:///var/lib/freshet/predictions"));
  }

  @Test
  void everyKeyIsMapped() {
    LearnerConfig config = ConfigSamples.parse(ConfigSamples.FULL);

    LabelSettings labels =
        new LabelSettings(
            LabelPolicy.SHORT_WAIT,
            Duration.ofSeconds(20),
            LateClicks.CORRECT,
            0.5,
            Sampling.WEIGHT,
            10);
    Rule rule = new Rule(new Counted(5), Duration.ofDays(30));
    TableSettings table =
        new TableSettings(
            rule,
            List.of(
                new FieldRule(9, "who", new Rule(new Sketched(9), Duration.ofDays(30))),
                new FieldRule(2, "genres", Rule.NONE),
                new FieldRule(3, "price", rule),
                new FieldRule(4, "raw", rule),
                new FieldRule(5, "score", rule),
                new FieldRule(6, "age", rule),
                new FieldRule(7, "who-genre", new Rule(new Chance(0.25), Duration.ofHours(12)))),
            1_000_000,
            1 << 20);
    assertThat(config)
        .isEqualTo(
            new LearnerConfig(
                "ads",
                new KafkaSettings(
                    "k1:9092,k2:9093",
                    "learners",
                    new Topics("shown", "clicked", "dead", "late", "figures", "versions"),
                    Map.of("security.protocol", "SSL", "max.poll.records", "77")),
                new EventSettings(
                    2048,
                    17,
                    Duration.ofMinutes(5),
                    EventFormat.AVRO,
                    EventFormat.AVRO,
                    new SchemaLocations(
                        "s3://bucket/schemas",
                        "https://registry:8081/apis",
                        "me:too",
                        Duration.ofMinutes(1))),
                new FeatureSchema(
                    List.of(
                        new Categorical("who", 9),
                        new Multi("genres", 2),
                        new Numeric("price", 3, new Transform.Log()),
                        new Numeric("raw", 4, new Transform.Identity()),
                        new Numeric("score", 5, new Transform.Standardize(3.5, 0.25)),
                        new Numeric("age", 6, new Transform.Buckets(List.of(18.0, 30.5))),
                        new Cross("who-genre", 7, List.of("who", "genres"))),
                    "who"),
                new JoinSettings(
                    Duration.ofMillis(500),
                    Duration.ofSeconds(5),
                    Duration.ofMillis(250),
                    Duration.ofDays(5),
                    new LabelDefinition(
                        List.of(
                            new Action(
                                "click",
                                "acts",
                                Duration.ofHours(2),
                                Action.IMPRESSION,
                                Duration.ZERO),
                            new Action(
                                "buy", "sales", Duration.ofDays(3), "click", Duration.ofHours(1))),
                        Map.of("buy", 1f)),
                    labels,
                    0.25,
                    new BreakerSettings(
                        false,
                        Duration.ofMinutes(2),
                        Duration.ofHours(3),
                        0.25,
                        8,
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(20),
                        Duration.ofHours(6),
                        BreakerSettings.Action.HOLD),
                    Duration.ofMinutes(2)),
                new ModelSettings(ModelKind.DCN, 16, List.of(32), 3, 0.001f, -7),
                new TrainSettings(
                    128,
                    Duration.ofMillis(5),
                    4,
                    512,
                    96,
                    5000,
                    new LearningSettings(
                        16,
                        3,
                        new Ftrl(0.25f, 2, 0.5f, 0.125f, 1e4f),
                        new Adagrad(0.2f, 0.5f, 25),
                        32,
                        new Adagrad(0.03f, 0.3f, 900),
                        labels,
                        table,
                        new Regularization(
                            0.25f, 10, 5, List.of(new FieldLearning(2, 0.5f, 0.25f))))),
                new EvaluateSettings(Duration.ofMinutes(10), 0.25, List.of("genres"), 7),
                new SnapshotSettings(
                    "s3://models/ads",
                    new CompactionSettings(0.25, 7),
                    new RetentionSettings(9, Duration.ofSeconds(90), Duration.ofDays(5)),
                    new GateSettings(3, 500, 0.6, 0.9, 0.8, 1.25)),
                new CheckpointSettings(
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(2),
                    "hdfs://nn:8020/ckpt",
                    Backend.HASHMAP),
                new ExampleSettings(
                    ExampleSettings.Target.FILES, "joined", "hdfs://nn:8020/joined"),
                new ExampleSettings(
                    ExampleSettings.Target.TOPIC, "guesses", "hdfs://nn:8020/guesses"),
                3,
                64,
                List.of()));
  }

  @Test
  void noComponentOfAnyRecordIsLeftAtItsDefaultByTheFullMapping() {
    assertAllDiffer("config", ConfigSamples.parse(ConfigSamples.FULL), DEFAULT);
  }

  @Test
  void optimizerOfAnotherKindHasTheDefaultsOfThatKind() {
    LearningSettings learning = ConfigSamples.parse(ConfigSamples.OTHER_KINDS).train().learning();

    assertThat(learning.firstOrder()).isEqualTo(new Sgd(0.05f));
    assertThat(learning.embedding()).isEqualTo(new Ftrl(0.5f, 1, 0, 0));
    assertThat(learning.dense()).isEqualTo(new Sgd(0.01f));
  }

  @Test
  void embeddingsMayShareAnAccumulator() {
    LearningSettings learning = ConfigSamples.parse(ConfigSamples.ROW_WISE).train().learning();

    assertThat(learning.embedding()).isEqualTo(new RowWiseAdagrad(0.2f, 0.5f, 4));
  }

  @Test
  void optimizersWithMomentsAreMapped() {
    LearningSettings learning = ConfigSamples.parse(ConfigSamples.DECAYING).train().learning();

    assertThat(learning.embedding()).isEqualTo(new Momentum(0.2f, 0.5f));
    assertThat(learning.dense()).isEqualTo(new Adam(0.001f, 0.8f, 0.999f, 1e-6f, 0.01f));
  }

  @Test
  void samplingOfNegativesIsMapped() {
    LearnerConfig config = ConfigSamples.parse(ConfigSamples.OTHER_KINDS);

    assertThat(config.join().labels())
        .isEqualTo(LabelSettings.DEFAULT.withNegatives(0.5, Sampling.LOG_ODDS))
        .isEqualTo(config.train().learning().labels());
  }

  @Test
  void optimizerWithoutKindKeepsItsKindAndItsOtherRates() {
    LearnerConfig config =
        ConfigSamples.parse(ConfigSamples.LEAST, "train.dense.optimizer.initial-accumulator=1");

    assertThat(config.train().learning().dense()).isEqualTo(new Adagrad(0.02f, 1, 100));
  }

  @Test
  void emptySectionsMeanDefaults() {
    assertThat(ConfigSamples.parse(ConfigSamples.LEAST + "train:\njoin: ~\nmodel: {}\n"))
        .isEqualTo(DEFAULT);
  }

  @Test
  void sampleHoldsTheDefaultOfEveryKey() {
    LearnerConfig sample = ConfigSamples.parse(ConfigSamples.COMMENTED);

    assertThat(sample)
        .usingRecursiveComparison()
        .withEqualsForType(Double::equals, Double.class) // "none" is no number, and equals itself
        .ignoringFields("features.fields")
        .isEqualTo(DEFAULT);
  }

  @Test
  void secretsDoNotShow() {
    LearnerConfig config =
        ConfigSamples.parse(
            ConfigSamples.LEAST,
            "kafka.properties.sasl.jaas.config=Login required password=\"x: #y\";");

    assertThat(config.kafka().properties())
        .containsEntry("sasl.jaas.config", "Login required password=\"x: #y\";");
    assertThat(config.toString()).contains("sasl.jaas.config").doesNotContain("password");
  }

  /** The sampling of negatives is only for the policy that is the default; see below. */
  private static final Set<String> NOT_IN_FULL = Set.of("warnings", "sampling");

  private static void assertAllDiffer(String path, Object full, Object defaults) {
    if (!(full instanceof Record) || full.getClass() != defaults.getClass()) {
      assertThat(full).as(path).isNotEqualTo(defaults);
      return;
    }
    for (RecordComponent component : full.getClass().getRecordComponents()) {
      if (!NOT_IN_FULL.contains(component.getName())) {
        assertAllDiffer(
            path + '.' + component.getName(), value(component, full), value(component, defaults));
      }
    }
  }

  private static Object value(RecordComponent component, Object record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(component.toString(), e);
    }
  }
}
