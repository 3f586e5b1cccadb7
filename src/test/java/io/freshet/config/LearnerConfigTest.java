package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.evaluate.EvaluateSettings;
import io.freshet.event.EventSettings;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabelSettings.Sampling;
import io.freshet.join.JoinSettings;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.Adam;
import io.freshet.model.optimizer.Ftrl;
import io.freshet.model.optimizer.Momentum;
import io.freshet.model.optimizer.RowWiseAdagrad;
import io.freshet.model.optimizer.Sgd;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.train.TrainSettings;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class LearnerConfigTest {
  private static final LearnerConfig DEFAULT = ConfigSamples.parse(ConfigSamples.LEAST);

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
    assertThat(DEFAULT.events()).isEqualTo(EventSettings.DEFAULT);
    assertThat(DEFAULT.join()).isEqualTo(JoinSettings.DEFAULT);
    assertThat(DEFAULT.model()).isEqualTo(ModelSettings.DEFAULT);
    assertThat(DEFAULT.train()).isEqualTo(TrainSettings.DEFAULT);
    assertThat(DEFAULT.evaluate()).isEqualTo(EvaluateSettings.DEFAULT);
    assertThat(DEFAULT.snapshot()).isEqualTo(SnapshotSettings.DEFAULT);
    assertThat(DEFAULT.checkpoint()).isEqualTo(CheckpointSettings.DEFAULT);
    assertThat(DEFAULT.examples()).isEqualTo(ExampleSettings.DEFAULT);
    assertThat(DEFAULT.predictions()).isEqualTo(ExampleSettings.PREDICTIONS);
  }

  /** Every component of every record, a line each: a default that changes is seen here. */
  @Test
  void defaultsAreThoseOfTheDesign() {
    assertThat(lines(DEFAULT)).isEqualTo(golden("defaults.txt"));
  }

  @Test
  void everyKeyIsMapped() {
    assertThat(lines(ConfigSamples.parse(ConfigSamples.FULL))).isEqualTo(golden("full.txt"));
  }

  @Test
  void noComponentOfAnyRecordIsLeftAtItsDefaultByTheFullMapping() {
    LearnerConfig full = ConfigSamples.parse(ConfigSamples.FULL);

    assertAllDiffer("config", full, DEFAULT);
    assertAllDiffer("config.join", full.join(), DEFAULT.join());
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
  void secretsDoNotShow() {
    LearnerConfig config =
        ConfigSamples.parse(
            ConfigSamples.LEAST,
            "kafka.properties.sasl.jaas.config=Login required password=\"x: #y\";");

    assertThat(config.kafka().properties())
        .containsEntry("sasl.jaas.config", "Login required password=\"x: #y\";");
    assertThat(config.toString()).contains("sasl.jaas.config").doesNotContain("password");
  }

  /**
   * The sampling of negatives is only for the policy that is the default, see below; a label inline
   * leaves nothing to join; tables of SQL leave no topics to read; no key turns safeguards off.
   */
  private static final Set<String> NOT_IN_FULL =
      Set.of("warnings", "sampling", "label", "sql", "safeguards");

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

  private static List<String> lines(LearnerConfig config) {
    List<String> lines = new ArrayList<>();
    addLines("", config, lines);
    return lines;
  }

  private static void addLines(String path, Object value, List<String> lines) {
    if (value instanceof Record record && record.getClass().getRecordComponents().length > 0) {
      for (RecordComponent component : record.getClass().getRecordComponents()) {
        Object part = value(component, record);
        String at = path + '.' + component.getName();
        if (component.getType().isInterface() && part instanceof Record) {
          lines.add(at.substring(1) + " is " + part.getClass().getSimpleName());
        }
        addLines(at, part, lines);
      }
    } else if (value instanceof List<?> list && !list.isEmpty()) {
      for (int i = 0; i < list.size(); i++) {
        String at = path + '[' + i + ']';
        lines.add(at.substring(1) + " is " + list.get(i).getClass().getSimpleName());
        addLines(at, list.get(i), lines);
      }
    } else {
      lines.add(
          path.substring(1) + " = " + (value instanceof Map<?, ?> m ? new TreeMap<>(m) : value));
    }
  }

  private static List<String> golden(String name) {
    return ConfigSamples.resource(name).lines().toList();
  }

  private static Object value(RecordComponent component, Object record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(component.toString(), e);
    }
  }
}
