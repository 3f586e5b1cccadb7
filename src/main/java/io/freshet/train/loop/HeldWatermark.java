package io.freshet.train.loop;

import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/** The watermark and idle status that are emitted when the batch before them is learned. */
final class HeldWatermark {
  private Watermark watermark;
  private WatermarkStatus status;

  void hold(Watermark later) {
    watermark = later;
  }

  void hold(WatermarkStatus later) {
    status = later;
  }

  void release(Output<?> output) {
    if (status != null && status.isActive()) {
      output.emitWatermarkStatus(status);
    }
    if (watermark != null) {
      output.emitWatermark(watermark);
    }
    if (status != null && status.isIdle()) {
      output.emitWatermarkStatus(status);
    }
    watermark = null;
    status = null;
  }
}
