package io.freshet.join.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LateImpressionsTest {
  private final LateImpressions late = new LateImpressions();

  @Test
  void fewAreNoFinding() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(late.impression(i % 20 == 0)).isFalse();
    }
    assertThat(late.isMany()).isFalse();
  }

  @Test
  void manyAreFoundOnceAndGoneOnce() {
    assertThat(changes(5000, 5)).isEqualTo(1);
    assertThat(late.isMany()).isTrue();
    assertThat(late.share()).isBetween(0.19, 0.21);

    assertThat(changes(5000, Integer.MAX_VALUE)).isEqualTo(1);
    assertThat(late.isMany()).isFalse();
  }

  @Test
  void firstFewAreNotJudged() {
    assertThat(changes(50, 1)).isZero();
  }

  /** Takes impressions of which each so-manieth is late; says how often the finding changed. */
  private int changes(int impressions, int each) {
    int changes = 0;
    for (int i = 1; i <= impressions; i++) {
      changes += late.impression(i % each == 0) ? 1 : 0;
    }
    return changes;
  }
}
