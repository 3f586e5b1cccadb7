package io.freshet.lab.chaos.fault;

import static java.util.Objects.requireNonNull;

import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.TopicAdmin;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.config.TopicConfig;

/** The topics that the job writes, of which the broker refuses all records for a while. */
public final class ResultTopics {
  /** More replicas than one broker has: it answers that there are not enough of them. */
  private static final String TOO_MANY = "2";

  private final KafkaClients kafka;
  private final List<String> names;

  public ResultTopics(KafkaClients kafka, List<String> names) {
    this.kafka = requireNonNull(kafka, "kafka");
    this.names = List.copyOf(names);
  }

  void refuse() throws IOException, InterruptedException {
    set(Optional.of(TOO_MANY));
  }

  void accept() throws IOException, InterruptedException {
    set(Optional.empty());
  }

  private void set(Optional<String> replicas) throws IOException, InterruptedException {
    try (TopicAdmin admin = kafka.topicAdmin()) {
      admin.set(names, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, replicas);
    }
  }
}
