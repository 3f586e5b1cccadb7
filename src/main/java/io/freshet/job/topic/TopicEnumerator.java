package io.freshet.job.topic;

import io.freshet.job.topic.PartitionsReader.Begin;
import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.TopicAdmin;
import io.freshet.train.RefusedException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connector's enumerator of a topic's partitions, which also looks whether the topic is the one
 * that the offsets are of. A topic that was deleted and created again has another id, and offsets
 * mean nothing in it: Kafka's client would read on somewhere in its middle, without a word.
 *
 * <p>Readers get an event when the first look is over, and the partitions are known ({@link
 * PartitionsReader}). What is called later is answered later, as one thread asks and one answers:
 * the connector looks for partitions first, then for the offsets of new ones.
 */
final class TopicEnumerator implements SplitEnumerator<KafkaPartitionSplit, KnownTopic> {
  private static final Logger LOG = LoggerFactory.getLogger(TopicEnumerator.class);

  private final SplitEnumeratorContext<KafkaPartitionSplit> context;
  private final SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> partitions;
  private final Topic topic;
  private String id;
  private TopicAdmin admin; // null before the start
  private boolean hasBegun;

  /**
   * The topic to look at.
   *
   * @param acceptsAnother whether one that was created again is read on at the same offsets
   * @param interval between two looks; zero for one look at the start
   */
  record Topic(KafkaClients kafka, String name, boolean acceptsAnother, Duration interval)
      implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  /**
   * @param partitions the connector's
   * @param id that of the topic; empty where it is not known
   */
  TopicEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context,
      SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> partitions,
      Topic topic,
      String id) {
    this.context = context;
    this.partitions = partitions;
    this.topic = topic;
    this.id = id;
  }

  @Override
  public void start() {
    try {
      admin = topic.kafka().topicAdmin();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    partitions.start();
    context.callAsync(
        this::look,
        (found, failure) -> {
          check(found, failure);
          context.callAsync(() -> true, (done, none) -> begin());
        });
    long interval = topic.interval().toMillis();
    if (interval > 0) {
      context.callAsync(this::look, this::check, interval, interval);
    }
  }

  private void begin() {
    hasBegun = true;
    context.registeredReaders().keySet().forEach(this::tell);
  }

  private void tell(int subtask) {
    context.sendEventToSourceReader(subtask, new Begin());
  }

  private Optional<String> look() throws IOException, InterruptedException {
    return admin.id(topic.name());
  }

  /** Where there is no such topic, the connector's enumerator says so. */
  private void check(Optional<String> found, Throwable failure) {
    if (failure != null) {
      LOG.debug("the id of topic {} is not known", topic.name(), failure);
    } else if (found.isPresent() && !found.get().equals(id)) {
      take(found.get());
    }
  }

  private void take(String found) {
    if (!id.isEmpty() && !topic.acceptsAnother()) {
      throw new RefusedException(
          "topic %s was deleted and created again: its id is %s, but the offsets of the state are of the one with id %s. Start without the state to read it whole, with --from-snapshot to keep the model; if it is a copy with the same offsets, set kafka.recreated-topics to accept"
              .formatted(topic.name(), found, id));
    }
    if (!id.isEmpty()) {
      LOG.warn(
          "topic {} has another id, {}: reading goes on at the same offsets", topic.name(), found);
    }
    id = found;
  }

  @Override
  public void handleSplitRequest(int subtask, String host) {
    partitions.handleSplitRequest(subtask, host);
  }

  @Override
  public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtask) {
    partitions.addSplitsBack(splits, subtask);
  }

  @Override
  public void addReader(int subtask) {
    partitions.addReader(subtask);
    if (hasBegun) {
      tell(subtask);
    }
  }

  @Override
  public KnownTopic snapshotState(long checkpoint) throws Exception {
    return new KnownTopic(topic.name(), id, partitions.snapshotState(checkpoint));
  }

  @Override
  public void notifyCheckpointComplete(long checkpoint) throws Exception {
    partitions.notifyCheckpointComplete(checkpoint);
  }

  @Override
  public void notifyCheckpointAborted(long checkpoint) throws Exception {
    partitions.notifyCheckpointAborted(checkpoint);
  }

  @Override
  public void handleSourceEvent(int subtask, SourceEvent event) {
    partitions.handleSourceEvent(subtask, event);
  }

  @Override
  public void close() throws IOException {
    try {
      partitions.close();
    } finally {
      if (admin != null) {
        admin.close();
      }
    }
  }
}
