package io.freshet.config;

import static java.util.Objects.requireNonNull;

import io.freshet.config.option.ConfigException;
import io.freshet.config.option.ConfigFile;
import io.freshet.config.option.Option;
import io.freshet.config.option.Section;
import io.freshet.evaluate.EvaluateSettings;
import io.freshet.event.EventSettings;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.LabelSettings;
import io.freshet.join.Action;
import io.freshet.join.JoinSettings;
import io.freshet.join.LabelDefinition;
import io.freshet.model.ModelSettings;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.train.TrainSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * All settings of a learner: one YAML file, of which only the features and Kafka's address have no
 * default.
 *
 * @param name of the model
 * @param joins by task of the model: how its labels come about
 * @param predictions where each prediction goes
 * @param parallelism of every operator of the loop
 * @param maxParallelism the parallelism that savepoints can ever be started with; fixed for the
 *     life of the state
 * @param warnings what is allowed but doubtful, one line each, with its place
 */
public record LearnerConfig(
    String name,
    KafkaSettings kafka,
    EventSettings events,
    FeatureSchema features,
    List<JoinSettings> joins,
    ModelSettings model,
    TrainSettings train,
    EvaluateSettings evaluate,
    SnapshotSettings snapshot,
    CheckpointSettings checkpoint,
    ExampleSettings examples,
    ExampleSettings predictions,
    int parallelism,
    int maxParallelism,
    List<String> warnings) {
  public LearnerConfig {
    requireNonNull(name, "name");
    requireNonNull(kafka, "kafka");
    requireNonNull(events, "events");
    requireNonNull(features, "features");
    joins = List.copyOf(joins);
    requireNonNull(model, "model");
    requireNonNull(train, "train");
    requireNonNull(evaluate, "evaluate");
    requireNonNull(snapshot, "snapshot");
    requireNonNull(checkpoint, "checkpoint");
    requireNonNull(examples, "examples");
    requireNonNull(predictions, "predictions");
    warnings = List.copyOf(warnings);
    if (joins.size() != model.tasks().size()) {
      throw new IllegalArgumentException(
          "labels of %s tasks for a model of %s".formatted(joins.size(), model.tasks().size()));
    }
    LabelSettings made = joins.get(0).labels();
    if (!train.learning().labels().equals(made)) {
      throw new IllegalArgumentException(
          "the learner expects %s, the join makes %s".formatted(train.learning().labels(), made));
    }
    if (parallelism < 1 || maxParallelism < parallelism) {
      throw new IllegalArgumentException(
          "parallelism " + parallelism + " is not from 1 to max-parallelism " + maxParallelism);
    }
  }

  /** How the labels of the first task come about. */
  public JoinSettings join() {
    return joins.get(0);
  }

  /** The join's settings with the actions of all tasks, for what reads them. */
  public JoinSettings actions() {
    return allActions(joins);
  }

  /** The join that waits for a topic, the first of those that do. */
  public JoinSettings joinOf(String topic) {
    return joins.stream()
        .filter(join -> join.definition().topics().contains(topic))
        .findFirst()
        .orElseThrow();
  }

  static JoinSettings allActions(List<JoinSettings> joins) {
    JoinSettings first = joins.get(0);
    List<Action> all =
        joins.stream().flatMap(join -> join.definition().actions().stream()).toList();
    return joins.size() == 1
        ? first
        : first
            .withWarmUp(Duration.ZERO)
            .withDefinition(new LabelDefinition(all, first.definition().weights()));
  }

  /**
   * Reads a file.
   *
   * @param overrides {@code key=value} each, as given to {@code --set}; a later one wins
   * @throws ConfigException with every problem there is, also when the file cannot be read
   */
  public static LearnerConfig read(Path file, List<String> overrides) {
    return parse(ConfigFile.text(file), file.toString(), overrides);
  }

  /**
   * Reads a file's text.
   *
   * @param sourceName names the file in messages
   * @throws ConfigException with every problem there is
   */
  public static LearnerConfig parse(String yaml, String sourceName, List<String> overrides) {
    return EffectiveConfig.parse(yaml, sourceName, overrides).config();
  }

  /** Every option that a configuration may have. */
  public static List<Option> options() {
    return Section.options(LearnerReader.LEAST, LearnerReader::read);
  }

  /**
   * This, if it reads the JSON that a sender of ours writes, in the shape that needs no mapping.
   *
   * @param sender completes "… writes JSON"
   * @throws ConfigException if it reads Avro, or another shape
   */
  public LearnerConfig ofJson(String sender) {
    if (events.needSchemas()) {
      throw new ConfigException(
          List.of("events.format: %s writes JSON; expected json".formatted(sender)));
    }
    if (events.isMapped()) {
      throw new ConfigException(
          List.of(
              "%s writes events that need no mapping; leave out events.impressions, events.clicks, events.actions and the from of each feature"
                  .formatted(sender)));
    }
    return this;
  }
}
