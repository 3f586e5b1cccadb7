package io.freshet.job.source;

import io.freshet.job.source.SourceRecord.Good;
import io.freshet.job.source.SourceRecord.Tick;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * The watermark of one Kafka partition: the bound of out-of-orderness behind the newest event, but
 * never ahead of this machine's clock, and not led by few events that are far ahead of the others
 * ({@link PartitionTime}).
 *
 * <p>Sent at each {@link Tick}, which comes before the record it announces, and periodically. Dead
 * letters have no time and do not move it.
 *
 * @param <T> the type of the events
 */
final class EventWatermarks<T> implements WatermarkGenerator<SourceRecord<T>> {
  private final long bound;
  private final PartitionTime time;
  private final LongSupplier clock;

  /**
   * @param since no event of this time or before it comes; {@link TimestampAssigner#NO_TIMESTAMP}
   *     where that is not known
   * @param clock the present, epoch milliseconds
   */
  EventWatermarks(Duration outOfOrderness, long since, LongSupplier clock) {
    bound = outOfOrderness.toMillis();
    boolean isKnown = since != TimestampAssigner.NO_TIMESTAMP;
    time = new PartitionTime(bound, isKnown ? since + bound + 1 : PartitionTime.UNKNOWN);
    this.clock = clock;
  }

  @Override
  public void onEvent(SourceRecord<T> event, long timestamp, WatermarkOutput output) {
    if (event instanceof Good<T>) {
      time.event(timestamp);
    } else if (event instanceof Tick<T> && time.advanceTo(timestamp)) {
      emit(output);
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    time.look();
    emit(output);
  }

  private void emit(WatermarkOutput output) {
    if (time.newest() != PartitionTime.UNKNOWN) {
      long newest = Math.min(time.newest(), clock.getAsLong());
      output.emitWatermark(new Watermark(newest - bound - 1));
    }
  }
}
