package io.freshet.job.sql;

import static java.util.Objects.requireNonNull;

import io.freshet.job.source.EventDeserializer;
import io.freshet.job.source.SourceRecord;
import java.io.IOException;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.types.Row;
import org.apache.flink.util.Collector;
import org.apache.flink.util.clock.RelativeClock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * Makes of a table's rows what a Kafka source hands out. A row is judged against this machine's
 * clock, as it has no timestamp of Kafka, and has no offset.
 *
 * <p>Time goes on by the lesser of two watermarks: the one that the table declares, if it does, and
 * the one that a topic's events would make. So a table says how far its rows are out of order, and
 * a wrong clock does not lead.
 *
 * @param <T> the type of the events
 */
final class RowEvents<T> extends AbstractStreamOperator<SourceRecord<T>>
    implements OneInputStreamOperator<Row, SourceRecord<T>> {
  private static final long serialVersionUID = 1L;

  private final String table;
  private final EventDeserializer<T> deserializer;
  private final WatermarkStrategy<SourceRecord<T>> strategy;
  private final boolean declaresWatermark;

  private transient RowJson json;
  private transient RowTime time;
  private transient WatermarkGenerator<SourceRecord<T>> generator;
  private transient Collector<SourceRecord<T>> events;

  /**
   * @param strategy makes the watermarks of the events, and says when there are none
   */
  RowEvents(
      String table,
      EventDeserializer<T> deserializer,
      WatermarkStrategy<SourceRecord<T>> strategy,
      boolean declaresWatermark) {
    this.table = requireNonNull(table, "table");
    this.deserializer = requireNonNull(deserializer, "deserializer");
    this.strategy = requireNonNull(strategy, "strategy");
    this.declaresWatermark = declaresWatermark;
  }

  @Override
  public void open() throws Exception {
    super.open();
    json = new RowJson();
    deserializer.open();
    time = new RowTime(output, declaresWatermark ? Long.MIN_VALUE : Long.MAX_VALUE);
    generator = strategy.createWatermarkGenerator(new Surroundings());
    events = new Events();
    long interval = getExecutionConfig().getAutoWatermarkInterval();
    processingTimeService.scheduleWithFixedDelay(
        now -> generator.onPeriodicEmit(time), interval, interval);
  }

  @Override
  public void processElement(StreamRecord<Row> element) throws IOException {
    byte[] value = json.of(element.getValue());
    deserializer.deserialize(
        new ConsumerRecord<>(
            table,
            getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(),
            SourceRecord.NO_OFFSET,
            processingTimeService.getCurrentProcessingTime(),
            TimestampType.NO_TIMESTAMP_TYPE,
            0,
            value.length,
            null,
            value,
            new RecordHeaders(),
            Optional.empty()),
        events);
  }

  @Override
  public void processWatermark(Watermark watermark) {
    time.declare(watermark);
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) {
    // whether rows come is for the strategy to say, as it is of topics
  }

  private final class Events implements Collector<SourceRecord<T>> {

    /** A tick comes before the row that it announces, so that its watermark does too. */
    @Override
    public void collect(SourceRecord<T> event) {
      long timestamp = event.timestamp();
      output.collect(
          timestamp == TimestampAssigner.NO_TIMESTAMP
              ? new StreamRecord<>(event)
              : new StreamRecord<>(event, timestamp));
      generator.onEvent(event, timestamp, time);
    }

    @Override
    public void close() {}
  }

  private final class Surroundings implements WatermarkGeneratorSupplier.Context {
    @Override
    public MetricGroup getMetricGroup() {
      return RowEvents.this.getMetricGroup();
    }

    @Override
    public RelativeClock getInputActivityClock() {
      return processingTimeService.getClock();
    }
  }
}
