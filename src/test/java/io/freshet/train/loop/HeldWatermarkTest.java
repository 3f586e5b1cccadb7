package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamElement;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.CollectorOutput;
import org.junit.jupiter.api.Test;

final class HeldWatermarkTest {
  private final HeldWatermark held = new HeldWatermark();
  private final List<StreamElement> emitted = new ArrayList<>();
  private final Output<StreamRecord<Void>> output = new CollectorOutput<>(emitted);

  @Test
  void onlyTheLatestWatermarkIsEmitted() {
    held.hold(new Watermark(10));
    held.hold(new Watermark(20));

    held.release(output);

    assertThat(emitted).containsExactly(new Watermark(20));
  }

  @Test
  void isEmittedOnce() {
    held.hold(new Watermark(10));
    held.hold(WatermarkStatus.IDLE);
    held.release(output);
    emitted.clear();

    held.release(output);

    assertThat(emitted).isEmpty();
  }

  @Test
  void anInputThatWakesUpIsActiveBeforeItsWatermark() {
    held.hold(WatermarkStatus.ACTIVE);
    held.hold(new Watermark(10));

    held.release(output);

    assertThat(emitted).containsExactly(WatermarkStatus.ACTIVE, new Watermark(10));
  }

  @Test
  void anInputThatFallsIdleIsIdleAfterItsWatermark() {
    held.hold(new Watermark(10));
    held.hold(WatermarkStatus.IDLE);

    held.release(output);

    assertThat(emitted).containsExactly(new Watermark(10), WatermarkStatus.IDLE);
  }

  @Test
  void aShortIdleTimeIsForgotten() {
    held.hold(WatermarkStatus.IDLE);
    held.hold(WatermarkStatus.ACTIVE);
    held.hold(new Watermark(10));

    held.release(output);

    assertThat(emitted).containsExactly(WatermarkStatus.ACTIVE, new Watermark(10));
  }
}
