package io.freshet.config;

import static io.freshet.config.option.ValueType.name;
import static io.freshet.config.option.ValueType.text;
import static io.freshet.config.option.ValueType.wholeNumber;

import io.freshet.config.ExampleSettings.Target;
import io.freshet.config.option.Section;
import io.freshet.evaluate.EvaluateOptions;
import io.freshet.evaluate.EvaluateSettings;
import io.freshet.event.ActionTopic;
import io.freshet.event.Click;
import io.freshet.event.EventOptions;
import io.freshet.event.EventSettings;
import io.freshet.event.mapping.InlineLabel;
import io.freshet.event.mapping.MappingOptions;
import io.freshet.event.mapping.ValuePath;
import io.freshet.feature.FeatureOptions;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.LabelSettings.Sampling;
import io.freshet.join.JoinOptions;
import io.freshet.join.JoinSettings;
import io.freshet.join.LabelDefinition;
import io.freshet.model.FieldSizeOptions;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelOptions;
import io.freshet.model.ModelSettings;
import io.freshet.model.TableOptions;
import io.freshet.model.TableSettings;
import io.freshet.model.optimizer.Adam;
import io.freshet.model.optimizer.FieldLearningOptions;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.snapshot.SnapshotOptions;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.train.TrainOptions;
import io.freshet.train.TrainSettings;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads the whole configuration: its sections, and what has to hold between them. */
final class LearnerReader {
  /** The least that there is to a configuration. */
  static final String LEAST =
      """
      kafka: {bootstrap-servers: "localhost:9092"}
      features: [{name: user, kind: categorical}]
      """;

  /** Flink's limit of key groups. */
  private static final int MAX_PARALLELISM = 1 << 15;

  private LearnerReader() {}

  static LearnerConfig read(Section s) {
    String name = s.option("name", "Name of the model.").get(name(), "ctr");
    KafkaSettings kafka =
        s.section(
            "kafka",
            k -> KafkaOptions.read(k, "freshet-" + name),
            "Where events come from and results go to.");
    EventSettings events =
        s.section(
            "events",
            EventOptions::read,
            "Which records are valid; all others go to the dead letters.");
    FieldLearningOptions fieldLearning = new FieldLearningOptions();
    FieldSizeOptions fieldSizes = new FieldSizeOptions();
    MappingOptions mapping = new MappingOptions();
    FeatureOptions features =
        FeatureOptions.read(
            s,
            (number, field) -> {
              fieldLearning.read(number, field);
              fieldSizes.read(number, field);
              mapping.field(number, field);
            });
    Map<String, ValuePath> paths = features.byName(mapping.paths(), MappingOptions.FROM);
    paths.putAll(features.byWeights(mapping.weightPaths(), MappingOptions.WEIGHTS_FROM));
    Section joinSection = s.section("join", "How impressions and clicks become labeled examples.");
    Section modelSection = s.section("model", "The shape of the model.");
    ModelSettings shape = modelSection.as(m -> ModelOptions.read(m, features.fields()));
    Section trainSection = s.section("train", "The training loop.");
    String user =
        trainSection
            .option(
                "user-field",
                "Categorical field that partitions the examples, and whose repeats are kept out of"
                    + " a row step.")
            .get(text(), "user");
    TrainSettings train = trainSection.as(TrainOptions::read);
    TableSettings table =
        s.section(
            "embedding",
            e -> TableOptions.read(e, features.fields()),
            "Which features have a row of the embedding table, and for how long.");
    Section evaluateSection = s.section("evaluate", "Progressive validation.");
    EvaluateSettings evaluate = evaluateSection.as(EvaluateOptions::read);
    JoinSettings join =
        joinSection.as(
            j ->
                JoinOptions.read(
                    j,
                    kafka.topics().clicks(),
                    events.impressionMapping().label().isGiven(),
                    evaluate.atImpression()));
    TaskOptions.Joined tasks = TaskOptions.read(modelSection, join);
    ModelSettings model =
        modelSection
            .make(() -> shape.withTasks(tasks.tasks()))
            .orElse(shape)
            .withEmbeddingSizes(fieldSizes.sizes(shape, features.fields()));
    JoinSettings actions =
        modelSection.make(() -> LearnerConfig.allActions(tasks.joins())).orElse(join);
    SnapshotSettings snapshot = s.section("snapshot", SnapshotOptions::read, "Where models go.");
    CheckpointSettings checkpoint =
        s.section("checkpoint", CheckpointOptions::read, "How the job's state is kept.");
    FitReader.section(s, model);
    Section exampleSection =
        s.section(
            "examples",
            "Where the labeled examples are written, in the form of `example.schema.json`, for"
                + " training elsewhere and for audit.");
    ExampleSettings examples = exampleSection.as(ExampleOptions::examples);
    Section predictionSection =
        s.section(
            "predictions",
            "Where the progressive predictions are written, in the form of"
                + " `prediction.schema.json`, for comparing learners.");
    ExampleSettings predictions = predictionSection.as(ExampleOptions::predictions);
    int parallelism =
        s.option("parallelism", "Subtasks of every operator of the loop; at most max-parallelism.")
            .get(wholeNumber(1, MAX_PARALLELISM), 2);
    int maxParallelism =
        s.option(
                "max-parallelism",
                "Highest parallelism that savepoints can be started with. It cannot change once"
                    + " there is state.")
            .get(wholeNumber(1, MAX_PARALLELISM), 128);

    features.checkUser(trainSection, user);
    features.checkSlices(evaluateSection, evaluate.slices());
    if (!model.kind().embeds()
        && features.fields().stream().anyMatch(field -> !field.shares().isEmpty())) {
      s.error("model.kind", "lr has no embeddings that fields could share: leave out shares");
    }
    if (!model.tasks().areSeveral() && model.sizes().of("task-experts") > 0) {
      modelSection.error("task-experts", "says nothing without tasks; expected both");
    }
    checkParallelism(s, train, parallelism, maxParallelism);
    if (train.learning().regularization().dropout() > 0 && model.hiddenLayers().isEmpty()) {
      s.error(
          "train.dropout", "drops hidden units, but the model has no hidden layers: leave it out");
    }
    if (snapshot.root().equals(checkpoint.dir())) {
      s.error("snapshot.root", "the same as checkpoint.dir; give each a directory of its own");
    }
    features.checkActions(
        join.definition().isInline() ? Set.of(Click.CLICK) : join.definition().weights().keySet());
    checkInline(joinSection, events, join);
    checkTopics(s, kafka, actions.definition());
    checkActionTopics(s, events, actions.definition());
    checkTopic(exampleSection, examples, kafka, actions.definition());
    checkTopic(predictionSection, predictions, kafka, actions.definition());
    if (examples.to() == Target.TOPIC
        && predictions.to() == Target.TOPIC
        && examples.topic().equals(predictions.topic())) {
      predictionSection.error("topic", predictions.topic() + " is already the topic of examples");
    }
    TrainSettings whole =
        train
            .withLabels(join.labels())
            .withTable(table)
            .withFields(fieldLearning.fields(model.l2(), features.fields()));
    s.end();
    ConfigWarnings.on(s, whole, join, parallelism);
    ConfigWarnings.onNumbers(s, features.fields());
    return new LearnerConfig(
        name,
        kafka,
        events.withFeatures(paths),
        new FeatureSchema(features.fields(), user),
        tasks.joins(),
        model,
        whole,
        evaluate,
        snapshot,
        checkpoint,
        examples,
        predictions,
        parallelism,
        maxParallelism,
        s.warnings());
  }

  private static void checkParallelism(
      Section s, TrainSettings train, int parallelism, int maxParallelism) {
    if (parallelism > maxParallelism) {
      s.error("parallelism", parallelism + " is above max-parallelism, " + maxParallelism);
    }
    if (parallelism > 1) {
      LearningSettings learning = train.learning();
      refuseDecay(s, "train.first-order-optimizer", learning.firstOrder());
      refuseDecay(s, "train.embedding-optimizer", learning.embedding());
      checkWeightDecay(s, train, parallelism);
    }
  }

  /**
   * Trainers add up what they learn of a row; what decays in each of them is no sum. Of the dense
   * part, each trainer keeps such slots to itself.
   */
  private static void refuseDecay(Section s, String key, OptimizerSettings optimizer) {
    if (optimizer.decays()) {
      s.error(
          key,
          "keeps moments that decay in each row, which several trainers cannot add up (sums of them"
              + " overshoot, and diverge from four trainers on): set parallelism to 1, or take"
              + " adagrad, ftrl or sgd");
    }
  }

  /** Each trainer takes a share of the weights away; merged, the shares must not overshoot 0. */
  private static void checkWeightDecay(Section s, TrainSettings train, int parallelism) {
    LearningSettings learning = train.learning();
    if (learning.dense() instanceof Adam adam) {
      double steps = Math.ceil((double) train.denseSyncEvery() / learning.denseStepSize());
      double kept = Math.pow(Math.max(0, 1 - adam.learningRate() * adam.weightDecay()), steps);
      double taken = Math.sqrt(parallelism) * (1 - kept);
      if (taken > 1) {
        s.error(
            "train.dense.optimizer.weight-decay",
            String.format(
                Locale.ROOT,
                "%s times the learning rate takes %.2f of each weight away between two exchanges of"
                    + " %d trainers; expected at most 1: lower it",
                adam.weightDecay(),
                taken,
                parallelism));
      }
    }
  }

  /** Log-odds can be corrected of labels that are 0 or 1. */
  private static void checkInline(Section s, EventSettings events, JoinSettings join) {
    InlineLabel label = events.impressionMapping().label();
    if (label.isGiven()
        && Double.isNaN(label.atLeast())
        && join.labels().negativeRate() < 1
        && join.labels().sampling() == Sampling.LOG_ODDS) {
      s.error(
          "negatives.correction",
          "log-odds cannot be corrected where labels may be fractions; expected weight, or give"
              + " events.impressions.label.at-least");
    }
  }

  /** A topic of actions is none of those that hold something else. */
  private static void checkTopics(Section s, KafkaSettings kafka, LabelDefinition definition) {
    Map<String, String> others = others(kafka);
    for (String topic : definition.topics()) {
      if (others.containsKey(topic) && !topic.equals(kafka.topics().clicks())) {
        s.error("join.actions", topic + " is already the topic of " + others.get(topic));
      }
    }
  }

  /** Topics that are written otherwise are topics of actions. */
  private static void checkActionTopics(
      Section s, EventSettings events, LabelDefinition definition) {
    for (ActionTopic own : events.actionTopics()) {
      boolean isNamed = !own.topic().isEmpty(); // or a problem already
      if (isNamed && !definition.isInline() && !definition.topics().contains(own.topic())) {
        s.error(
            "events.actions",
            "%s is no topic of actions; expected one of join.actions or kafka.topics.clicks: %s"
                .formatted(own.topic(), String.join(", ", definition.topics())));
      }
    }
  }

  /** The topic of examples holds nothing else. */
  private static void checkTopic(
      Section section, ExampleSettings examples, KafkaSettings kafka, LabelDefinition definition) {
    String topic = examples.topic();
    if (examples.to() == Target.TOPIC
        && (others(kafka).containsKey(topic) || definition.topics().contains(topic))) {
      section.error("topic", topic + " already holds something else");
    }
  }

  /** Key by topic, of the topics that hold no actions. */
  private static Map<String, String> others(KafkaSettings kafka) {
    Map<String, String> others = new HashMap<>();
    kafka.topics().byKey().forEach((key, topic) -> others.put(topic, key));
    others.values().remove("clicks");
    return others;
  }
}
