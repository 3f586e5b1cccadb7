package io.freshet.job.source;

import io.freshet.job.source.SourceRecord.Tick;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * The watermark of one Kafka partition: the bound of out-of-orderness behind the newest event.
 *
 * <p>Sent at each {@link Tick}, which comes before the record it announces, and periodically. Dead
 * letters have no time and do not move it.
 *
 * @param <T> the type of the events
 */
final class EventWatermarks<T> implements WatermarkGenerator<SourceRecord<T>> {
  private final long bound;
  private long newest;

  /**
   * @param since no event of this time or before it comes; {@link TimestampAssigner#NO_TIMESTAMP}
   *     where that is not known
   */
  EventWatermarks(Duration outOfOrderness, long since) {
    bound = outOfOrderness.toMillis();
    newest = since == TimestampAssigner.NO_TIMESTAMP ? since : since + bound + 1;
  }

  @Override
  public void onEvent(SourceRecord<T> event, long timestamp, WatermarkOutput output) {
    newest = Math.max(newest, timestamp);
    if (event instanceof Tick<T>) {
      onPeriodicEmit(output);
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    if (newest != TimestampAssigner.NO_TIMESTAMP) {
      output.emitWatermark(new Watermark(newest - bound - 1));
    }
  }
}
