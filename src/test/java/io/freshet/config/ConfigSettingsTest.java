package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.freshet.config.CheckpointSettings.Backend;
import io.freshet.config.Node.Mapping;
import io.freshet.evaluate.EvaluateSettings;
import io.freshet.join.JoinSettings;
import io.freshet.model.LearningSettings;
import io.freshet.train.TrainSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Settings made in code are checked too, and a refusal becomes a problem of their section. */
final class ConfigSettingsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration NEVER = Duration.ZERO;
  private static final Duration BEFORE = SECOND.negated();

  @Test
  void joinWindowsArePositive() {
    assertRefused(() -> new JoinSettings(NEVER, SECOND, SECOND, SECOND));
    assertRefused(() -> new JoinSettings(SECOND, BEFORE, SECOND, SECOND));
    assertRefused(() -> new JoinSettings(SECOND, SECOND, NEVER, SECOND));
    assertRefused(() -> new JoinSettings(SECOND, SECOND, SECOND, BEFORE));
  }

  @Test
  void sizesOfTheLoopArePositive() {
    LearningSettings learning = LearningSettings.DEFAULT;

    assertRefused(() -> new TrainSettings(0, SECOND, 1, 1, 1, 1, learning));
    assertRefused(() -> new TrainSettings(1, NEVER, 1, 1, 1, 1, learning));
    assertRefused(() -> new TrainSettings(1, SECOND, 0, 1, 1, 1, learning));
    assertRefused(() -> new TrainSettings(1, SECOND, 1, 0, 1, 1, learning));
    assertRefused(() -> new TrainSettings(1, SECOND, 1, 1, 0, 1, learning));
    assertRefused(() -> new TrainSettings(1, SECOND, 1, 1, 1, 0, learning));
  }

  @Test
  void periodsArePositive() {
    assertRefused(() -> new EvaluateSettings(NEVER, 0));
    assertRefused(() -> new CheckpointSettings(NEVER, SECOND, "file:///c", Backend.ROCKSDB));
    assertRefused(() -> new CheckpointSettings(SECOND, BEFORE, "file:///c", Backend.ROCKSDB));
  }

  @Test
  void parallelismIsWithinItsMaximum() {
    LearnerConfig config = ConfigSamples.parse(ConfigSamples.LEAST);

    assertRefused(() -> withParallelism(config, 0, 1));
    assertRefused(() -> withParallelism(config, 3, 2));
  }

  @Test
  void refusalOfARecordIsAProblemOfItsSection() {
    Problems problems = new Problems();
    Mapping document = (Mapping) YamlTree.document("a:\n  b: {c: 1}\n", "f.yaml", problems);
    Section b = Section.root(document, problems).section("a").section("b");

    EvaluateSettings settings =
        b.as(EvaluateSettings.DEFAULT, (s, d) -> new EvaluateSettings(NEVER, 0));

    assertThat(settings).isEqualTo(EvaluateSettings.DEFAULT);
    assertThat(problems.errors())
        .containsExactly("f.yaml:2:6: a.b: window is PT0S but must be above 0");
  }

  private static void assertRefused(Runnable construction) {
    assertThatIllegalArgumentException().isThrownBy(construction::run);
  }

  private static LearnerConfig withParallelism(
      LearnerConfig c, int parallelism, int maxParallelism) {
    return new LearnerConfig(
        c.name(),
        c.kafka(),
        c.events(),
        c.features(),
        c.join(),
        c.model(),
        c.train(),
        c.evaluate(),
        c.snapshot(),
        c.checkpoint(),
        c.examples(),
        c.predictions(),
        parallelism,
        maxParallelism,
        List.of());
  }
}
