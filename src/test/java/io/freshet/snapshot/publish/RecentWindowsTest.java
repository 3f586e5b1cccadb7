package io.freshet.snapshot.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.snapshot.write.PublisherInput;
import org.junit.jupiter.api.Test;

class RecentWindowsTest {
  private static final long MINUTE = 60_000;

  @Test
  void theFiguresAreThoseOfAllExamplesTakenTogether() {
    RecentWindows windows = new RecentWindows(2);
    windows.add(new PublisherInput.Window(60, 99, 99, 98, 9, 9)); // too old by now
    windows.add(new PublisherInput.Window(120, 100, 100, 10, 0.3, 1.5));
    windows.add(new PublisherInput.Window(180, 300, 300, 30, 0.5, 0.5));

    var figures = windows.figures();

    double entropy = -0.1 * Math.log(0.1) - 0.9 * Math.log(0.9);
    assertThat(figures)
        .containsEntry("recent_examples", 400.0)
        .containsEntry("recent_examples_before", 99.0)
        .containsEntry("recent_ne_limit", BaseRate.neLimit(400, 0.1, 99));
    assertThat(figures.get("recent_logloss")).isCloseTo(0.45, within(1e-12));
    assertThat(figures.get("recent_ne")).isCloseTo(0.45 / entropy, within(1e-12));
    assertThat(figures.get("recent_calibration")).isCloseTo(0.75, within(1e-12));
    assertThat(windows.all()).hasSize(2);
  }

  @Test
  void whatTheWindowsDoNotDefineIsLeftOut() {
    RecentWindows windows = new RecentWindows(2);
    assertThat(windows.figures()).containsOnlyKeys("recent_examples", "recent_examples_before");

    windows.add(new PublisherInput.Window(60, 7, 7, 0, 0.1, Double.NaN));
    assertThat(windows.figures())
        .containsOnlyKeys("recent_examples", "recent_examples_before", "recent_logloss");
  }

  @Test
  void whileThereAreTooFewClicksOlderWindowsCountToo() {
    RecentWindows windows = new RecentWindows(2);
    for (int minute = 1; minute <= 10; minute++) {
      windows.add(new PublisherInput.Window(minute * MINUTE, 100, 100, 5, 0.2, 1));
    }
    assertThat(windows.figures())
        .containsEntry("recent_examples", 1000.0)
        .containsEntry("recent_examples_before", 0.0);

    windows.add(new PublisherInput.Window(11 * MINUTE, 100, 100, 30, 0.2, 1));
    assertThat(windows.figures())
        .containsEntry("recent_examples", 200.0)
        .containsEntry("recent_examples_before", 900.0);
  }

  @Test
  void olderWindowsCountForADayAtMost() {
    RecentWindows windows = new RecentWindows(1);
    windows.add(new PublisherInput.Window(MINUTE, 100, 100, 1, 0.2, 1));
    windows.add(new PublisherInput.Window(1440 * MINUTE, 100, 100, 1, 0.2, 1));
    assertThat(windows.figures()).containsEntry("recent_examples", 200.0);

    windows.add(new PublisherInput.Window(1442 * MINUTE, 100, 100, 1, 0.2, 1));
    assertThat(windows.figures()).containsEntry("recent_examples", 100.0);
  }

  @Test
  void aRestoreChangesNothing() {
    RecentWindows windows = new RecentWindows(2);
    for (int minute = 1; minute <= 20; minute++) {
      windows.add(new PublisherInput.Window(minute * MINUTE, 100, 100, minute, 0.2, 1));
      RecentWindows restored = new RecentWindows(2);
      restored.goOnFrom(windows.all(), windows.figures());

      assertThat(restored.figures()).isEqualTo(windows.figures());
      assertThat(restored.all()).isEqualTo(windows.all());
    }
  }
}
