package io.freshet.job.topic;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.reader.KafkaRecordEmitter;
import org.apache.flink.connector.kafka.source.reader.KafkaSourceReader;
import org.apache.flink.connector.kafka.source.reader.fetcher.KafkaSourceFetcherManager;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The connector's reader of partitions, which after a restore waits for the {@link Begin} of the
 * enumerator: partitions that were added while the job was stopped are known then and hold event
 * time back, so that what is in them is not late. Partitions of a topic that the state is of, and
 * that is not read any more, hold it back no longer.
 */
@SuppressWarnings("try") // the connector's own reader closes with any exception
final class PartitionsReader<T> extends KafkaSourceReader<T> {
  private final String topic;
  private final UnaryOperator<List<KafkaPartitionSplit>> ends;
  private final List<KafkaPartitionSplit> waiting = new ArrayList<>();
  private final List<String> foreign = new ArrayList<>(); // splits, each with a watermark
  private boolean started;
  private boolean noMore;

  /** From the enumerator: all partitions are known, and the topic is the one of the state. */
  static final class Begin implements SourceEvent {
    private static final long serialVersionUID = 1L;
  }

  /**
   * @param topic the only one to be read: a state may have partitions of another
   * @param ends gives its partitions the ends that they are read to
   */
  PartitionsReader(
      String topic,
      UnaryOperator<List<KafkaPartitionSplit>> ends,
      FutureCompletingBlockingQueue<RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>>> elements,
      KafkaSourceFetcherManager fetchers,
      KafkaRecordEmitter<T> emitter,
      Configuration configuration,
      SourceReaderContext context,
      KafkaSourceReaderMetrics metrics) {
    super(elements, fetchers, emitter, configuration, context, metrics);
    this.topic = topic;
    this.ends = ends;
  }

  @Override
  public void start() {
    started = true;
    super.start();
  }

  /** Those of a state come before the start. */
  @Override
  public void addSplits(List<KafkaPartitionSplit> splits) {
    List<KafkaPartitionSplit> all = new ArrayList<>();
    for (KafkaPartitionSplit split : splits) {
      if (split.getTopic().equals(topic)) {
        all.add(split);
      } else {
        foreign.add(split.splitId());
      }
    }
    List<KafkaPartitionSplit> ours = ends.apply(all);
    if (!started) {
      waiting.addAll(ours);
    } else if (!ours.isEmpty()) {
      super.addSplits(ours);
    }
  }

  @Override
  public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
    foreign.forEach(output::releaseOutputForSplit);
    foreign.clear();
    return super.pollNext(output);
  }

  @Override
  public void handleSourceEvents(SourceEvent event) {
    if (!(event instanceof Begin)) {
      super.handleSourceEvents(event);
      return;
    }
    if (!waiting.isEmpty()) {
      super.addSplits(List.copyOf(waiting));
      waiting.clear();
    }
    if (noMore) {
      super.notifyNoMoreSplits();
    }
  }

  @Override
  public void notifyNoMoreSplits() {
    if (waiting.isEmpty()) {
      super.notifyNoMoreSplits();
    } else {
      noMore = true;
    }
  }

  @Override
  public List<KafkaPartitionSplit> snapshotState(long checkpoint) {
    List<KafkaPartitionSplit> splits = new ArrayList<>(super.snapshotState(checkpoint));
    splits.addAll(waiting);
    return splits;
  }
}
