package io.freshet.cli.doctor;

import static io.freshet.cli.doctor.Finding.ok;
import static io.freshet.cli.doctor.Finding.problem;
import static io.freshet.cli.doctor.Finding.warning;

import io.freshet.cli.topics.TopicDesign;
import io.freshet.cli.topics.TopicDesign.Use;
import io.freshet.config.LearnerConfig;
import io.freshet.kafka.TopicAdmin;
import io.freshet.kafka.TopicState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;

/**
 * Checks Kafka with the properties of the configuration: whether it answers, its topics, and what
 * this client may do with them.
 */
final class KafkaCheck {
  private static final Duration ANY = Duration.ofDays(7);
  private static final Duration LEAD = Duration.ofMinutes(1);

  private final LearnerConfig config;
  private final Instant now;
  private final List<Finding> findings = new ArrayList<>();

  private KafkaCheck(LearnerConfig config, Instant now) {
    this.config = config;
    this.now = now;
  }

  static List<Finding> run(LearnerConfig config, Instant now) throws InterruptedException {
    KafkaCheck check = new KafkaCheck(config, now);
    check.run();
    return check.findings;
  }

  private void run() throws InterruptedException {
    String servers = config.kafka().bootstrapServers();
    try (TopicAdmin kafka = config.kafka().clients().topicAdmin()) {
      findings.add(ok("kafka", "%s brokers at %s".formatted(kafka.brokers(), servers)));
      List<TopicDesign> designs = TopicDesign.of(config, config.parallelism(), ANY);
      Map<String, TopicState> states =
          kafka.topics(designs.stream().map(TopicDesign::name).toList());
      for (TopicDesign design : designs) {
        topic(design, Optional.ofNullable(states.get(design.name())));
      }
      if (config.kafka().readsCommitted()) {
        for (TopicDesign design : designs) {
          transactions(kafka, design, states.get(design.name()));
        }
      }
      group(kafka.allowedWithGroup(config.kafka().groupId()));
      TopicState impressions = states.get(config.kafka().topics().impressions());
      if (impressions != null && !impressions.isHidden()) {
        kafka.newest(impressions).ifPresent(this::times);
        if (!impressions.forbids(AclOperation.READ)) {
          findings.addAll(EventsCheck.run(config, now));
        }
      }
    } catch (IOException e) {
      findings.add(
          problem(
              "kafka",
              e.getMessage(),
              "see that kafka.bootstrap-servers and kafka.properties are right, and that this"
                  + " machine reaches "
                  + servers));
    }
  }

  private void topic(TopicDesign design, Optional<TopicState> found) {
    String about = "topic " + design.name();
    if (found.isEmpty()) {
      String remedy = "create it: freshet topics --config FILE --create";
      findings.add(
          design.use() == Use.READ
              ? problem(about, "does not exist", remedy)
              : warning(about, "does not exist; the job will try to create it", remedy));
      return;
    }
    TopicState topic = found.get();
    AclOperation needed = design.use() == Use.READ ? AclOperation.READ : AclOperation.WRITE;
    if (topic.isHidden()) {
      findings.add(
          problem(
              about,
              "is not there, or this client may not see it",
              "grant it %s and DESCRIBE on the topic, and see that it exists".formatted(needed)));
      return;
    }
    if (topic.forbids(needed)) {
      findings.add(
          problem(
              about,
              "this client may not %s it".formatted(design.use() == Use.READ ? "read" : "write"),
              "grant it %s and DESCRIBE on the topic".formatted(needed)));
    }
    List<String> faults = design.faults(topic, config.parallelism());
    faults.forEach(
        fault ->
            findings.add(
                warning(
                    about,
                    fault.substring(0, fault.lastIndexOf(": ")),
                    fault.substring(fault.lastIndexOf(": ") + 2))));
    if (!topic.forbids(needed) && faults.isEmpty()) {
      findings.add(
          ok(about, "%s partitions, %s replicas".formatted(topic.partitions(), topic.replicas())));
    }
  }

  private void transactions(TopicAdmin kafka, TopicDesign design, TopicState topic)
      throws IOException, InterruptedException {
    boolean isRead =
        topic != null
            && design.use() == Use.READ
            && !topic.isHidden()
            && !topic.forbids(AclOperation.READ);
    if (isRead) {
      kafka
          .openSince(topic, now.minus(LEAD))
          .forEach(
              (partition, start) ->
                  findings.add(
                      warning(
                          "topic " + design.name(),
                          "a transaction on partition %s is open from offset %s on: no record behind it is read before it ends"
                              .formatted(partition.partition(), start),
                          "if its producer is gone, abort it: kafka-transactions.sh abort --topic"
                              + " %s --partition %s --start-offset %s"
                                  .formatted(design.name(), partition.partition(), start))));
    }
  }

  private void group(Optional<Set<AclOperation>> allowed) {
    String about = "group " + config.kafka().groupId();
    if (allowed.filter(a -> a.isEmpty() || a.contains(AclOperation.READ)).isPresent()) {
      findings.add(ok(about, "may be used"));
    } else {
      findings.add(
          warning(
              about,
              "this client may not commit offsets for it, so that Kafka's tools show no lag",
              "grant it READ on the group"));
    }
  }

  private void times(Instant newest) {
    String text = "the newest impression is of " + newest;
    findings.add(
        newest.isAfter(now.plus(LEAD))
            ? warning(
                "times",
                text + ", ahead of this machine's clock",
                "set the clocks of the producers and of this machine by NTP")
            : ok("times", text));
  }
}
