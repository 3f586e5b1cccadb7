package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;

final class HeldWatermarkTest {
  private final HeldWatermark held = new HeldWatermark();
  private final RecordingOutput output = new RecordingOutput();

  @Test
  void onlyTheLatestWatermarkGoesOn() {
    held.hold(new Watermark(10));
    held.hold(new Watermark(20));

    held.release(output);

    assertThat(output.emitted).containsExactly(new Watermark(20));
  }

  @Test
  void goesOnOnce() {
    held.hold(new Watermark(10));
    held.hold(WatermarkStatus.IDLE);
    held.release(output);
    output.emitted.clear();

    held.release(output);

    assertThat(output.emitted).isEmpty();
  }

  @Test
  void anInputThatWakesUpIsActiveBeforeItsWatermark() {
    held.hold(WatermarkStatus.ACTIVE);
    held.hold(new Watermark(10));

    held.release(output);

    assertThat(output.emitted).containsExactly(WatermarkStatus.ACTIVE, new Watermark(10));
  }

  @Test
  void anInputThatFallsIdleIsIdleAfterItsWatermark() {
    held.hold(new Watermark(10));
    held.hold(WatermarkStatus.IDLE);

    held.release(output);

    assertThat(output.emitted).containsExactly(new Watermark(10), WatermarkStatus.IDLE);
  }

  @Test
  void aShortSleepIsForgotten() {
    held.hold(WatermarkStatus.IDLE);
    held.hold(WatermarkStatus.ACTIVE);
    held.hold(new Watermark(10));

    held.release(output);

    assertThat(output.emitted).containsExactly(WatermarkStatus.ACTIVE, new Watermark(10));
  }

  private static final class RecordingOutput implements Output<StreamRecord<Void>> {
    final List<Object> emitted = new ArrayList<>();

    @Override
    public void emitWatermark(Watermark mark) {
      emitted.add(mark);
    }

    @Override
    public void emitWatermarkStatus(WatermarkStatus status) {
      emitted.add(status);
    }

    @Override
    public void collect(StreamRecord<Void> element) {
      emitted.add(element);
    }

    @Override
    public <X> void collect(OutputTag<X> tag, StreamRecord<X> element) {
      emitted.add(element);
    }

    @Override
    public void emitLatencyMarker(LatencyMarker marker) {
      emitted.add(marker);
    }

    @Override
    public void emitRecordAttributes(RecordAttributes attributes) {
      emitted.add(attributes);
    }

    @Override
    public void emitWatermark(WatermarkEvent event) {
      emitted.add(event);
    }

    @Override
    public void close() {}
  }
}
