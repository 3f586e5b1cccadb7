package io.freshet.lab.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.TopicContents;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReplayCommandITCase {
  private static EmbeddedKafka kafka;

  @TempDir private Path directory;

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
  void ratingsBecomeImpressionsAndClicksOfTheirUser() throws Exception {
    ratings("7,1,4.0,789652009", "7,2,3.5,789652004", "8,1,oops,789652005");

    int code = run("--mapping", "movielens", "--data", directory.toString(), "--partitions", "2");

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).contains("2 impressions, 1 clicks, 1 bad rows left out.");
    assertThat(err.toString()).contains("ratings.csv:4: column rating: 'oops' is not a number");
    assertThat(TopicContents.of(kafka, "impressions"))
        .allMatch(r -> r.key().equals("7"))
        .extracting(ConsumerRecord::value)
        .containsExactly(
            "{\"impression_id\":\"7-2\",\"timestamp\":1072915200000,\"features\":{\"user\":\"7\","
                + "\"movie\":\"2\",\"genres\":[\"Adventure\",\"Children\"],\"hour\":\"11\","
                + "\"weekday\":\"monday\",\"decade\":\"199\"}}",
            "{\"impression_id\":\"7-1\",\"timestamp\":1072915205000,\"features\":{\"user\":\"7\","
                + "\"movie\":\"1\",\"genres\":[\"Comedy\"],\"hour\":\"11\","
                + "\"weekday\":\"monday\",\"decade\":\"198\"}}");
    assertThat(TopicContents.of(kafka, "clicks"))
        .extracting(ConsumerRecord::value)
        .containsExactly("{\"impression_id\":\"7-1\",\"timestamp\":1072915205000}");
  }

  @Test
  void aStrictReplayFailsWithOneLine() throws IOException {
    ratings("7,1,4.0,789652009", "8,1,oops,789652005");

    int code =
        run(
            "--mapping",
            "movielens",
            "--data",
            directory.toString(),
            "--partitions",
            "2",
            "--strict");

    assertThat(code).isEqualTo(1);
    assertThat(err.toString().lines())
        .containsExactly("replay: ratings.csv:3: column rating: 'oops' is not a number");
  }

  @Test
  void wrongUsageEndsWithTwoAndMissingFilesWithOne() {
    assertThat(run("--data", directory.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("--mapping");
    assertThat(run("--mapping", "movielens", "--data", directory.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("replay: there is no file").contains("movies.csv");
    assertThat(run("--mapping", "nothing", "--data", directory.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("there is no mapping nothing");
  }

  private void ratings(String... rows) throws IOException {
    Files.writeString(
        directory.resolve("ratings.csv"),
        "userId,movieId,rating,timestamp\n" + String.join("\n", rows) + "\n");
    Files.writeString(
        directory.resolve("movies.csv"),
        "movieId,title,genres\n1,Big (1988),Comedy\n2,\"Jumanji, a (1995)\",Adventure|Children\n");
  }

  private int run(String... arguments) {
    return new CommandLine(new ReplayCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(with(arguments));
  }

  private static String[] with(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--bootstrap-servers";
    all[arguments.length + 1] = kafka.bootstrapServers();
    return all;
  }
}
