package io.freshet.cli.console.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.console.watch.TimeSeries.Sample;
import org.junit.jupiter.api.Test;

class TimeSeriesTest {
  @Test
  void aFullTraceStillSpansAllTime() {
    TimeSeries trace = new TimeSeries(100, 1000);
    for (int second = 0; second <= 10_000; second++) {
      trace.add(second * 1000L, second);
    }

    assertThat(trace.samples()).hasSizeBetween(50, 100);
    assertThat(trace.samples().get(0)).isEqualTo(new Sample(0, 0));
    assertThat(trace.samples().get(trace.samples().size() - 1).time()).isGreaterThan(9_700_000);
    assertThat(trace.samples()).extracting(Sample::time).isSorted();
  }
}
