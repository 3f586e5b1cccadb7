package io.freshet.job.sink;

import static java.util.Objects.requireNonNull;

import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.TopicAdmin;
import io.freshet.kafka.TopicState;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a topic takes: nothing where it does not exist or may not be written, otherwise records up
 * to its {@code max.message.bytes}. Asked every half a minute; where Kafka does not answer, what it
 * said last holds. A change is logged once.
 */
final class TopicGuard implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(TopicGuard.class);
  private static final long INTERVAL_NANOS = 30_000_000_000L;

  private final KafkaClients kafka;
  private final String topic;
  private transient long lookedAt;
  private transient long mostBytes;
  private transient String refusal; // null while records are taken

  TopicGuard(KafkaClients kafka, String topic) {
    this.kafka = requireNonNull(kafka, "kafka");
    this.topic = requireNonNull(topic, "topic");
  }

  void open() {
    mostBytes = Long.MAX_VALUE;
    look();
  }

  /** How many bytes a record may have; 0 where the topic takes none. */
  long mostBytes() {
    if (System.nanoTime() - lookedAt > INTERVAL_NANOS) {
      look();
    }
    return refusal == null ? mostBytes : 0;
  }

  private void look() {
    try (TopicAdmin admin = kafka.topicAdmin()) {
      TopicState state = admin.topics(List.of(topic)).get(topic);
      Optional<String> found = refusal(state);
      log(found);
      refusal = found.orElse(null);
      long bytes = state == null ? -1 : state.number(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
      mostBytes = bytes > 0 ? bytes : Long.MAX_VALUE;
    } catch (IOException e) {
      LOG.debug("topic {} is not known", topic, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lookedAt = System.nanoTime();
  }

  private static Optional<String> refusal(TopicState state) {
    if (state == null) {
      return Optional.of("does not exist");
    }
    return state.isHidden() || state.forbids(AclOperation.WRITE)
        ? Optional.of("may not be written")
        : Optional.empty();
  }

  private void log(Optional<String> found) {
    if (found.isPresent() && refusal == null) {
      LOG.warn("topic {} {}: what belongs there is counted and left out", topic, found.get());
    } else if (found.isEmpty() && refusal != null) {
      LOG.info("topic {} takes records again", topic);
    }
  }
}
