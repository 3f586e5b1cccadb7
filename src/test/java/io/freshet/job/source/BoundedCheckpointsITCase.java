package io.freshet.job.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.Click;
import io.freshet.event.EventSettings;
import io.freshet.job.topic.EventTopic;
import io.freshet.join.JoinSettings;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.wire.WireType;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A bounded run over partitions of unequal length. */
@Timeout(120)
final class BoundedCheckpointsITCase {
  private static final AtomicBoolean SHORT_IS_OVER = new AtomicBoolean();
  private static final AtomicInteger COMPLETED_AFTER = new AtomicInteger();

  @Test
  void checkpointsGoOnAfterTheFirstSubtaskHasFinished() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      kafka.topics().create("clicks", 2);
      try (var producer = kafka.clients().producer(Map.of())) {
        for (int i = 0; i < 2000; i++) {
          producer.send(new ProducerRecord<>("clicks", i == 0 ? 0 : 1, null, click(i)));
        }
      }
      Configuration flink = new Configuration();
      flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(100));
      var env = StreamExecutionEnvironment.createLocalEnvironment(2, flink);
      EventTopic topic = new EventTopic(kafka.bootstrapServers(), "clicks", "test", Map.of(), true);
      JoinSettings join = JoinSettings.DEFAULT;
      SourceRouter.behind(
              env.fromSource(
                  EventSources.clicks(topic, EventSettings.DEFAULT, join),
                  EventSources.clickWatermarks(join, "clicks", 1),
                  "clicks"),
              "clicks",
              "clicks",
              WireType.of(Click.class),
              join.outOfOrderness(),
              1)
          .map(new Slow())
          .returns(WireType.of(Click.class))
          .sinkTo(new DiscardingSink<>());

      env.execute();
    }

    assertThat(COMPLETED_AFTER).hasValueGreaterThan(3);
  }

  private static byte[] click(int i) {
    return "{\"impression_id\": \"i%s\", \"timestamp\": %s}"
        .formatted(i, 1_700_000_000_000L + i)
        .getBytes(UTF_8);
  }

  /** Takes its time for each click; notes what is completed after one of its subtasks is over. */
  private static final class Slow extends RichMapFunction<Click, Click>
      implements CheckpointListener {
    private static final long serialVersionUID = 1L;

    @Override
    public Click map(Click click) throws InterruptedException {
      Thread.sleep(2);
      return click;
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
      if (SHORT_IS_OVER.get()) {
        COMPLETED_AFTER.incrementAndGet();
      }
    }

    @Override
    public void close() {
      SHORT_IS_OVER.set(true);
    }
  }
}
