package io.freshet.job.backfill;

import io.freshet.join.JoinSettings;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * The watermark of a recording: the bound of out-of-orderness behind its newest event, in steps of
 * a timer bucket. It follows records alone, as a periodic one would end the idleness of a recording
 * that is over.
 */
public final class RecordedWatermarks implements WatermarkGenerator<Recorded> {
  private final long bound;
  private final long step;
  private long newest = TimestampAssigner.NO_TIMESTAMP;
  private long last = TimestampAssigner.NO_TIMESTAMP;

  private RecordedWatermarks(Duration outOfOrderness, Duration step) {
    bound = outOfOrderness.toMillis();
    this.step = step.toMillis();
  }

  public static WatermarkStrategy<Recorded> strategy(JoinSettings join) {
    Duration bound = join.outOfOrderness();
    Duration step = join.timerBucket();
    return WatermarkStrategy.forGenerator(context -> new RecordedWatermarks(bound, step));
  }

  @Override
  public void onEvent(Recorded record, long timestamp, WatermarkOutput output) {
    newest = Math.max(newest, record.time());
    if (last == TimestampAssigner.NO_TIMESTAMP || newest - bound - 1 >= last + step) {
      last = newest - bound - 1;
      output.emitWatermark(new Watermark(last));
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {}
}
