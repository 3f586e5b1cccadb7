package io.freshet.lab.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.TopicContents;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SimulateCommandITCase {
  private static EmbeddedKafka kafka;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void startKafka() throws Exception {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @Test
  void usersKeepTheirPartitionAndRecordsTheirEventTime() throws Exception {
    int code =
        run(
            "--bootstrap-servers", kafka.bootstrapServers(),
            "--impressions-topic", "shown",
            "--clicks-topic", "clicked",
            "--partitions", "3",
            "--start", "2026-01-31T12:00:00Z",
            "--malformed", "0",
            "--duplicates", "0",
            "--impressions", "2000");

    List<ConsumerRecord<String, String>> shown = TopicContents.of(kafka, "shown");
    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).contains("2,000 impressions").contains("Best reachable: logloss 0.");
    assertThat(shown).hasSize(2000);
    assertThat(shown.stream().map(ConsumerRecord::partition).distinct()).hasSize(3);
    Map<String, Integer> partitions = new HashMap<>();
    shown.forEach(
        r ->
            assertThat(partitions.merge(r.key(), r.partition(), (a, b) -> a.equals(b) ? a : -1))
                .isNotNegative());
    assertThat(shown).allMatch(r -> r.value().contains(":" + r.timestamp()));
    assertThat(TopicContents.of(kafka, "clicked")).hasSizeBetween(200, 600);
  }

  @Test
  void missingTopicsAreNamedWithTheRemedy() {
    int code =
        run("--bootstrap-servers", kafka.bootstrapServers(), "--impressions-topic", "nowhere");

    assertThat(code).isEqualTo(1);
    assertThat(err.toString())
        .contains("simulate: no topics nowhere, clicks at " + kafka.bootstrapServers())
        .contains("--partitions N creates them");
  }

  @Test
  void absentBrokersAreNamed() {
    int code = run("--bootstrap-servers", "127.0.0.1:1");

    assertThat(code).isEqualTo(1);
    assertThat(err.toString())
        .contains("no answer from Kafka at 127.0.0.1:1 within 10 s (the list of topics)");
  }

  @Test
  void wrongUsageEndsWithTwo() {
    assertThat(run("--users", "3")).isEqualTo(2);
    assertThat(err.toString()).contains("users: 3 is not more than 64");
    assertThat(run("--rate", "-1")).isEqualTo(2);
    assertThat(run("--start", "yesterday")).isEqualTo(2);
  }

  private int run(String... arguments) {
    return new CommandLine(new SimulateCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
