package io.freshet.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.Main;
import io.freshet.job.TrainCommand;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.docs.CommandRun;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.KafkaEvents;
import io.freshet.lab.stream.KafkaEvents.Timestamps;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** How {@code train} in one process ends, and what it says of it. */
final class TrainOutcomeITCase {
  private static final long START = 1_769_860_800_000L;

  private static final String EVENT =
      """
      {"impression_id": "i%s", "timestamp": %s, "features": {"user": "u%s"}}\
      """;
  private static final String POISON =
      """
      {"impression_id": "p%s", "timestamp": %s, "weight": 1000000, "features": {"user": "u%s"}}\
      """;

  private static final String CLICK =
      """
      {"impression_id": "p%s", "timestamp": %s}\
      """;

  @TempDir private Path folder;
  private EmbeddedKafka kafka;

  @BeforeEach
  void startBroker() throws Exception {
    kafka = EmbeddedKafka.start();
    kafka.topics().ensure(List.of("shown", "acted"), 1);
  }

  @AfterEach
  void stopBroker() throws Exception {
    kafka.close();
  }

  @Test
  void aBoundedRunEndsWithItsOutcome() throws Exception {
    send(300, EVENT);
    send(2, "no impression %s %s %s");

    CommandRun run = train();

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .containsPattern("impressions +300\n")
        .containsPattern("examples +300 in ")
        .containsPattern("skipped +0\n")
        .containsPattern("logloss +0\\.\\d{4}")
        .containsPattern("dead letters +2: not-json 2\n")
        .containsPattern("snapshots +[1-9]")
        .containsPattern("restarts +0\n");
  }

  @Test
  void aRunThatCouldReadNothingFails() throws Exception {
    send(20, "no impression %s %s %s");

    CommandRun run = train();

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).containsPattern("dead letters +20: ");
    assertThat(run.err())
        .contains("train: nothing was learned: every record of the topic of impressions became a");
  }

  @Test
  void whereManyExamplesAreSkippedTheVersionIsWithheld() throws Exception {
    send(300, EVENT);
    sendPoison(300);

    CommandRun run = train();

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .containsPattern("skipped +300\n")
        .containsPattern("snapshots +([1-9]), of them \\1 withheld by the gate\n");
    assertThat(folder.resolve("snapshots/latest.json")).doesNotExist();
  }

  @Test
  void aRunThatSkippedAllFails() throws Exception {
    sendPoison(60);

    CommandRun run = train();

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("train: nothing was learned: every example was skipped");
  }

  @Test
  void aRunWithoutEventsFails() throws Exception {
    CommandRun run = train();

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("nothing was learned: there was no impression or example");
  }

  @Test
  void aRunThatFailsForOneCauseAgainAndAgainEnds() throws Exception {
    send(20, "no impression %s %s %s");

    CommandLine quicker = Main.commandLine();
    quicker
        .getSubcommands()
        .get("train")
        .<TrainCommand>getCommand()
        .followedBy(new LocalTraining(System.err, false, Duration.ofSeconds(1)));
    CommandRun run = train(quicker, "--set", "kafka.properties.fetch.min.bytes=minus");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .contains("ended, as it failed 10 times for the same cause: ")
        .contains("ConfigException: Invalid value minus for configuration fetch.min.bytes");
  }

  private CommandRun train() throws Exception {
    return train(Main.commandLine());
  }

  private CommandRun train(CommandLine command, String... more) throws Exception {
    List<String> args = new ArrayList<>(List.of("train", "--config", config(), "--bounded"));
    args.addAll(List.of(more));
    return CommandRun.of(command, args.toArray(String[]::new));
  }

  /** Clicked impressions of a weight whose gradient is out of bounds. */
  private void sendPoison(int impressions) throws Exception {
    send(impressions, POISON);
    send(EventRecord.Topic.CLICKS, impressions, CLICK);
  }

  private void send(int records, String format) throws Exception {
    send(EventRecord.Topic.IMPRESSIONS, records, format);
  }

  private void send(EventRecord.Topic topic, int records, String format) throws Exception {
    try (KafkaEvents events =
        new KafkaEvents(kafka.clients(), "shown", "acted", Timestamps.EVENT)) {
      for (int i = 0; i < records; i++) {
        long time = START + 1000L * i;
        byte[] record = format.formatted(i, time, i % 7).getBytes(StandardCharsets.UTF_8);
        events.send(new EventRecord(topic, Optional.empty(), time, record));
      }
      events.flush();
    }
  }

  private String config() throws Exception {
    return Files.writeString(
            folder.resolve("learner.yaml"),
            """
            name: c
            kafka: {bootstrap-servers: "%s", topics: {impressions: shown, clicks: acted}}
            features: [{name: user, kind: categorical}]
            model: {embedding-size: 4, hidden-layers: [8]}
            join: {window: 2 s, out-of-orderness: 1 s, max-weight: 1000000}
            snapshot: {root: "%ssnapshots"}
            checkpoint: {interval: 1 s, dir: "%scheckpoints", backend: hashmap}
            parallelism: 1
            """
                .formatted(kafka.bootstrapServers(), folder.toUri(), folder.toUri()))
        .toString();
  }
}
