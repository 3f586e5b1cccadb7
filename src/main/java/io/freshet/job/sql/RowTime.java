package io.freshet.job.sql;

import static java.util.Objects.requireNonNull;

import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * The time of a table's rows: the lesser of the watermark that the table declares and of the one
 * that its events make. At the table's end, time ends too.
 */
final class RowTime implements WatermarkOutput {
  private final Output<?> output;
  private long declared;
  private long made = Long.MIN_VALUE;
  private long sent = Long.MIN_VALUE;
  private boolean isIdle;

  /**
   * @param declared {@link Long#MAX_VALUE} where the table declares none
   */
  RowTime(Output<?> output, long declared) {
    this.output = requireNonNull(output, "output");
    this.declared = declared;
  }

  /** The table's own watermark. */
  void declare(Watermark watermark) {
    declared = watermark.getTimestamp();
    if (declared == Long.MAX_VALUE) {
      made = declared;
    }
    send();
  }

  @Override
  public void emitWatermark(org.apache.flink.api.common.eventtime.Watermark watermark) {
    made = Math.max(made, watermark.getTimestamp());
    send();
  }

  @Override
  public void markIdle() {
    if (!isIdle) {
      isIdle = true;
      output.emitWatermarkStatus(WatermarkStatus.IDLE);
    }
  }

  @Override
  public void markActive() {
    if (isIdle) {
      isIdle = false;
      output.emitWatermarkStatus(WatermarkStatus.ACTIVE);
    }
  }

  private void send() {
    long now = Math.min(declared, made);
    if (now > sent) {
      markActive();
      sent = now;
      output.emitWatermark(new Watermark(now));
    }
  }
}
