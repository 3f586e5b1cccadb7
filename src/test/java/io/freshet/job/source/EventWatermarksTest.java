package io.freshet.job.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.Click;
import io.freshet.event.Rejection;
import io.freshet.job.deadletter.DeadLetter;
import io.freshet.job.source.SourceRecord.Dead;
import io.freshet.job.source.SourceRecord.Good;
import io.freshet.job.source.SourceRecord.Tick;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

final class EventWatermarksTest {
  private long now = 1_000_000;
  private final EventWatermarks<Click> watermarks =
      new EventWatermarks<>(Duration.ofMillis(10), SourceRouter.NEVER, () -> now);
  private final List<Long> sent = new ArrayList<>();

  @Test
  void tickSendsTheWatermarkOfTheRecordToCome() {
    begin(50);
    event(new Tick<>(100));

    assertThat(sent).containsExactly(39L, 89L);
  }

  @Test
  void recordsMoveItButDoNotSendIt() {
    begin(20);
    event(good(100));
    event(good(50));
    assertThat(sent).containsExactly(9L);

    watermarks.onPeriodicEmit(new ListOutput());

    assertThat(sent).containsExactly(9L, 89L);
  }

  @Test
  void deadLettersDoNotMoveIt() {
    Rejection rejection = new Rejection(Rejection.Kind.NOT_JSON, "not JSON");
    event(new Dead<>(new DeadLetter("clicks", 0, 0, 5, rejection, null)));

    watermarks.onPeriodicEmit(new ListOutput());

    assertThat(sent).isEmpty();
  }

  @Test
  void itIsNotAheadOfTheClock() {
    begin(50);
    now = 200;
    event(good(5_000));
    watermarks.onPeriodicEmit(new ListOutput());
    now = 300;
    watermarks.onPeriodicEmit(new ListOutput());

    assertThat(sent).containsExactly(39L, 189L, 289L);
  }

  @Test
  void recordFarAheadDoesNotMoveIt() {
    begin(50);
    event(new Tick<>(500_000));
    event(good(500_000));
    event(new Tick<>(100));
    watermarks.onPeriodicEmit(new ListOutput());

    assertThat(sent).containsExactly(39L, 89L, 89L);
  }

  @Test
  void itStartsAtTheEndOfARecording() {
    var live = new EventWatermarks<Click>(Duration.ofMillis(10), 500, () -> now);

    live.onPeriodicEmit(new ListOutput());
    live.onEvent(good(505), 505, new ListOutput());
    live.onPeriodicEmit(new ListOutput());

    assertThat(sent).containsOnly(500L);
  }

  /** Lets time begin with a first event. */
  private void begin(long timestamp) {
    event(good(timestamp));
    while (sent.isEmpty()) {
      watermarks.onPeriodicEmit(new ListOutput());
    }
  }

  private void event(SourceRecord<Click> event) {
    watermarks.onEvent(event, event.timestamp(), new ListOutput());
  }

  private static SourceRecord<Click> good(long timestamp) {
    return new Good<>(new Click("a", timestamp), timestamp, 0, 0, 0);
  }

  private final class ListOutput implements WatermarkOutput {
    @Override
    public void emitWatermark(Watermark watermark) {
      sent.add(watermark.getTimestamp());
    }

    @Override
    public void markIdle() {}

    @Override
    public void markActive() {}
  }
}
