package io.freshet.snapshot.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.snapshot.write.PublisherInput;
import org.junit.jupiter.api.Test;

class RecentWindowsTest {

  @Test
  void theFiguresAreThoseOfAllExamplesTakenTogether() {
    RecentWindows windows = new RecentWindows(2);
    windows.add(new PublisherInput.Window(60, 99, 99, 98, 9, 9)); // too old by now
    windows.add(new PublisherInput.Window(120, 100, 100, 10, 0.3, 1.5));
    windows.add(new PublisherInput.Window(180, 300, 300, 30, 0.5, 0.5));

    var figures = windows.figures();

    double entropy = -0.1 * Math.log(0.1) - 0.9 * Math.log(0.9);
    assertThat(figures).containsEntry("recent_examples", 400.0);
    assertThat(figures.get("recent_logloss")).isCloseTo(0.45, within(1e-12));
    assertThat(figures.get("recent_ne")).isCloseTo(0.45 / entropy, within(1e-12));
    assertThat(figures.get("recent_calibration")).isCloseTo(0.75, within(1e-12));
    assertThat(windows.all()).hasSize(2);
  }

  @Test
  void whatTheWindowsDoNotDefineIsLeftOut() {
    RecentWindows windows = new RecentWindows(2);
    assertThat(windows.figures()).containsOnlyKeys("recent_examples");

    windows.add(new PublisherInput.Window(60, 7, 7, 0, 0.1, Double.NaN));
    assertThat(windows.figures()).containsOnlyKeys("recent_examples", "recent_logloss");
  }
}
