package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.config.option.ConfigException;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.docs.CommandRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Configurations of any contents that {@code config check} accepts start as jobs: what they lead to
 * is learning, or a line that says why not.
 *
 * <p>{@code -Dconfig.draws=N} starts more of them, {@code -Dconfig.seed=S} others.
 */
final class ConfigStartITCase {
  private static final int DRAWS = Integer.getInteger("config.draws", 3);
  private static final long SEED = Long.getLong("config.seed", 20270401);
  private static final long START = 1_769_860_800_000L;

  @TempDir private Path folder;

  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void anAcceptedConfigurationStarts() throws Exception {
    TreeMutation mutation = new TreeMutation(LearnerSchemaTest.GOOD, new Random(SEED));
    int learned = 0;
    StringBuilder said = new StringBuilder();
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      for (int draw = 0; draw < DRAWS; draw++) {
        Path place = Files.createDirectories(folder.resolve("draw-" + draw));
        List<String> set = here(kafka, place);
        String yaml = accepted(mutation, set);
        send(kafka, topics(LearnerConfig.parse(yaml, "learner.yaml", set)));
        CommandRun run = train(Files.writeString(place.resolve("learner.yaml"), yaml), set);
        assertThat(run.err())
            .as("seed %d, draw %d: %s", SEED, draw, yaml)
            .doesNotContain("\tat ", "NullPointerException", "IllegalStateException");
        learned += run.code() == 0 ? 1 : 0;
        said.append(run.err());
      }
    }
    // the others name hosts and files that are not here
    assertThat(learned).as("seed %d: %s", SEED, said).isPositive();
  }

  private static String accepted(TreeMutation mutation, List<String> set) {
    while (true) {
      String yaml = mutation.next();
      try {
        LearnerConfig.parse(yaml, "learner.yaml", set);
        return yaml;
      } catch (ConfigException e) {
        assertThat(e.problems()).isNotEmpty();
      }
    }
  }

  /** What only this machine can say, and what keeps a draw small. */
  private static List<String> here(EmbeddedKafka kafka, Path place) {
    return List.of(
        "kafka.bootstrap-servers=" + kafka.bootstrapServers(),
        "kafka.properties.security.protocol=PLAINTEXT",
        "snapshot.root=" + place.toUri() + "snapshots",
        "checkpoint.dir=" + place.toUri() + "checkpoints",
        "parallelism=2");
  }

  private static Set<String> topics(LearnerConfig config) {
    Set<String> topics = new TreeSet<>();
    topics.add(config.kafka().topics().impressions());
    topics.addAll(config.join().definition().topics());
    return topics;
  }

  private static void send(EmbeddedKafka kafka, Set<String> topics) throws Exception {
    kafka.topics().ensure(List.copyOf(topics), 1);
    try (Producer<byte[], byte[]> producer = kafka.clients().producer(Map.of())) {
      for (String topic : topics) {
        for (int i = 0; i < 50; i++) {
          String event =
              """
              {"impression_id": "i%s", "timestamp": %s, "features": {"user": "u%s", "price": %s}}\
              """
                  .formatted(i, START + 1000L * i, i % 7, i);
          producer.send(new ProducerRecord<>(topic, event.getBytes(StandardCharsets.UTF_8)));
        }
      }
    }
  }

  private static CommandRun train(Path file, List<String> set) {
    List<String> args = new ArrayList<>(List.of("train", "--bounded", "--config", "" + file));
    set.forEach(option -> args.addAll(List.of("--set", option)));
    return CommandRun.of(args.toArray(String[]::new));
  }
}
