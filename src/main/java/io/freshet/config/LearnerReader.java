package io.freshet.config;

import static io.freshet.config.ValueParser.name;
import static io.freshet.config.ValueParser.text;
import static io.freshet.config.ValueParser.wholeNumber;

import io.freshet.config.ExampleSettings.Target;
import io.freshet.evaluate.EvaluateSettings;
import io.freshet.event.EventSettings;
import io.freshet.feature.FeatureSchema;
import io.freshet.join.JoinSettings;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.TableSettings;
import io.freshet.model.optimizer.FieldLearning;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.OptimizerSettings.Adam;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.train.TrainSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the whole configuration: its sections, and what has to hold between them. */
final class LearnerReader {
  /** Flink's limit of key groups. */
  private static final int MAX_PARALLELISM = 1 << 15;

  private final Problems problems = new Problems();

  LearnerConfig read(String yaml, String source, List<String> overrides) {
    return readWhole(yaml, source, overrides).config();
  }

  EffectiveConfig readWhole(String yaml, String source, List<String> overrides) {
    Section root = Section.root(yaml, source, overrides, problems);
    Optional<LearnerConfig> config = root.make(() -> learner(root));
    problems.refuse();
    ConfigWarnings.on(config.orElseThrow(), root);
    return new EffectiveConfig(
        config.orElseThrow().withWarnings(problems.warnings()), root.effective());
  }

  private LearnerConfig learner(Section s) {
    String name = s.get("name", LearnerConfig.DEFAULT_NAME, name());
    KafkaSettings anyKafka = KafkaSettings.of("localhost:9092", "freshet-" + name);
    KafkaSettings kafka = s.section("kafka").as(anyKafka, KafkaReader::read);
    EventSettings events = s.section("events").as(EventSettings.DEFAULT, EventReader::read);
    FeaturesReader fields = FeaturesReader.read(s);
    ModelSettings model = s.section("model").as(ModelSettings.DEFAULT, Sections::model);
    Section trainSection = s.section("train");
    String user = trainSection.get("user-field", LearnerConfig.DEFAULT_USER_FIELD, text());
    TrainSettings train = trainSection.as(TrainSettings.DEFAULT, Sections::train);
    TableSettings table = EmbeddingReader.read(s.section("embedding"), fields.fields());
    Section evaluateSection = s.section("evaluate");
    EvaluateSettings evaluate = evaluateSection.as(EvaluateSettings.DEFAULT, Sections::evaluate);
    Section joinSection = s.section("join");
    JoinSettings join =
        JoinReader.read(joinSection, kafka.topics().clicks(), evaluate.atImpression());
    SnapshotSettings snapshot =
        s.section("snapshot").as(SnapshotSettings.DEFAULT, Sections::snapshot);
    CheckpointSettings checkpoint =
        s.section("checkpoint").as(CheckpointSettings.DEFAULT, Sections::checkpoint);
    Section exampleSection = s.section("examples");
    ExampleSettings examples = exampleSection.as(ExampleSettings.DEFAULT, Sections::examples);
    Section predictionSection = s.section("predictions");
    ExampleSettings predictions =
        predictionSection.as(ExampleSettings.PREDICTIONS, Sections::examples);
    int parallelism = parallelism(s, "parallelism", LearnerConfig.DEFAULT_PARALLELISM);
    int maxParallelism = parallelism(s, "max-parallelism", LearnerConfig.DEFAULT_MAX_PARALLELISM);
    FitReader.section(s, model);
    List<FieldLearning> own = fields.learning(model.l2());
    s.end();

    fields.checkUser(trainSection, user);
    fields.checkSlices(evaluateSection, evaluate.slices());
    if (parallelism > maxParallelism) {
      s.error("parallelism", parallelism + " is above max-parallelism, " + maxParallelism);
    }
    if (parallelism > 1) {
      refuseDecay(s, train.learning());
    }
    checkWeightDecay(s, train, parallelism);
    if (train.learning().regularization().dropout() > 0 && model.hiddenLayers().isEmpty()) {
      s.error(
          "train.dropout", "drops hidden units, but the model has no hidden layers: leave it out");
    }
    if (snapshot.root().equals(checkpoint.dir())) {
      s.error("snapshot.root", "is checkpoint.dir too; give each a directory of its own");
    }
    KafkaReader.refuseSharedTopics(joinSection, join.definition(), kafka.topics());
    KafkaReader.refuseSharedTopics(exampleSection, examples, join.definition(), kafka.topics());
    KafkaReader.refuseSharedTopics(
        predictionSection, predictions, join.definition(), kafka.topics());
    if (examples.to() == Target.TOPIC
        && predictions.to() == Target.TOPIC
        && examples.topic().equals(predictions.topic())) {
      predictionSection.error("topic", predictions.topic() + " is the topic of examples already");
    }
    problems.refuse();
    return new LearnerConfig(
        name,
        kafka,
        events,
        new FeatureSchema(fields.fields(), user),
        join,
        model,
        train.withLabels(join.labels()).withTable(table).withFields(own),
        evaluate,
        snapshot,
        checkpoint,
        examples,
        predictions,
        parallelism,
        maxParallelism,
        List.of());
  }

  /**
   * Trainers add up what they learn of a row; what decays in each of them is no sum. Of the deep
   * part, each trainer keeps such slots to itself.
   */
  private static void refuseDecay(Section s, LearningSettings learning) {
    Map<String, OptimizerSettings> optimizers =
        Map.of(
            "train.first-order-optimizer", learning.firstOrder(),
            "train.embedding-optimizer", learning.embedding());
    optimizers.forEach(
        (key, optimizer) -> {
          if (optimizer.decays()) {
            s.error(
                key,
                "keeps moments that decay in each row, which several trainers cannot add up (sums"
                    + " of them overshoot, and diverge from four trainers on): set parallelism to"
                    + " 1, or take adagrad, ftrl or sgd");
          }
        });
  }

  /** Each trainer takes a share of the weights away; merged, the shares must not overshoot 0. */
  private static void checkWeightDecay(Section s, TrainSettings train, int parallelism) {
    LearningSettings learning = train.learning();
    if (learning.dense() instanceof Adam adam) {
      double steps = Math.ceil((double) train.denseSyncEvery() / learning.denseStepSize());
      double kept = Math.pow(Math.max(0, 1 - adam.learningRate() * adam.weightDecay()), steps);
      double taken = Math.sqrt(parallelism) * (1 - kept);
      if (parallelism > 1 && taken > 1) {
        s.error(
            "train.dense.optimizer.weight-decay",
            "%s times the learning rate takes %.2f of each weight away between two exchanges of %d trainers, which is to be at most 1: lower it"
                .formatted(adam.weightDecay(), taken, parallelism));
      }
    }
  }

  private static int parallelism(Section s, String key, int otherwise) {
    return s.get(key, otherwise, wholeNumber(1, MAX_PARALLELISM));
  }
}
