package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.freshet.config.CheckpointSettings.Backend;
import io.freshet.evaluate.EvaluateSettings;
import io.freshet.join.JoinSettings;
import io.freshet.model.LearningSettings;
import io.freshet.train.TrainSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Settings made in code are checked too. */
final class ConfigSettingsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration NEVER = Duration.ZERO;
  private static final Duration BEFORE = SECOND.negated();

  @Test
  void joinWindowsArePositive() {
    assertRefused(() -> JoinSettings.ofClicks(NEVER, SECOND, SECOND, SECOND));
    assertRefused(() -> JoinSettings.ofClicks(SECOND, BEFORE, SECOND, SECOND));
    assertRefused(() -> JoinSettings.ofClicks(SECOND, SECOND, NEVER, SECOND));
    assertRefused(() -> JoinSettings.ofClicks(SECOND, SECOND, SECOND, BEFORE));
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
    assertRefused(() -> EvaluateSettings.DEFAULT.withWindow(NEVER));
    assertRefused(() -> new CheckpointSettings(NEVER, SECOND, "file:///c", Backend.ROCKSDB));
    assertRefused(() -> new CheckpointSettings(SECOND, BEFORE, "file:///c", Backend.ROCKSDB));
  }

  @Test
  void parallelismIsWithinItsMaximum() {
    LearnerConfig config = ConfigSamples.parse(ConfigSamples.LEAST);

    assertRefused(() -> withParallelism(config, 0, 1));
    assertRefused(() -> withParallelism(config, 3, 2));
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
        c.joins(),
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
