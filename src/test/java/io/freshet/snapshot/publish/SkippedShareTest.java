package io.freshet.snapshot.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SkippedShareTest {
  private final SkippedShare share = new SkippedShare();

  @Test
  void theShareIsThatSinceTheBarrierBefore() {
    assertThat(share.at(totals(0, 0, 0))).isEmpty();
    assertThat(share.at(totals(100, 0, 10))).containsOnly(Map.entry("recent_skipped", 0.1));
    assertThat(share.at(totals(150, 50, 10))).containsOnly(Map.entry("recent_skipped", 0.0));
    assertThat(share.at(totals(150, 150, 110))).containsOnly(Map.entry("recent_skipped", 1.0));
  }

  @Test
  void fewExamplesWaitForMore() {
    share.at(totals(100, 0, 0));
    assertThat(share.at(totals(110, 0, 5))).containsOnly(Map.entry("recent_skipped", 0.0));
    assertThat(share.at(totals(120, 0, 5))).containsOnly(Map.entry("recent_skipped", 0.25));
  }

  @Test
  void aRestoreChangesNothing() {
    Map<String, Double> figures = new HashMap<>(totals(100, 0, 50));
    figures.putAll(share.at(figures));
    SkippedShare restored = new SkippedShare();
    restored.goOnFrom(figures);

    assertThat(restored.at(figures)).isEqualTo(share.at(figures));
    assertThat(restored.at(totals(200, 0, 60))).containsOnly(Map.entry("recent_skipped", 0.1));
  }

  private static Map<String, Double> totals(double examples, double invalid, double skipped) {
    return Map.of("examples", examples, "invalid", invalid, "skipped", skipped);
  }
}
