package io.freshet.job.sink;

import io.freshet.config.ExampleSettings;
import io.freshet.config.ExampleSettings.Target;
import io.freshet.config.KafkaSettings;
import io.freshet.join.LabelDefinition;
import io.freshet.kafka.TopicAdmin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Creates the topics that the job writes where they are not there yet, with the cluster's default
 * partitions and replicas: a sink would wait for a missing one for minutes and then fail the job.
 */
public final class OutputTopics {
  private OutputTopics() {}

  /**
   * @param labels inline ones have no late clicks
   * @throws IOException where a topic is absent and cannot be created
   */
  public static void ensure(KafkaSettings kafka, LabelDefinition labels, ExampleSettings... records)
      throws IOException, InterruptedException {
    var topics = kafka.topics();
    List<String> names =
        new ArrayList<>(List.of(topics.deadLetters(), topics.metrics(), topics.snapshots()));
    if (!labels.isInline()) {
      names.add(topics.lateClicks());
    }
    for (ExampleSettings of : records) {
      if (of.to() == Target.TOPIC) {
        names.add(of.topic());
      }
    }
    try (TopicAdmin admin = kafka.clients().topicAdmin()) {
      for (String name : names) {
        admin.createIfAbsent(name);
      }
    }
  }
}
