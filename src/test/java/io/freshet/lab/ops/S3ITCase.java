package io.freshet.lab.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.docs.CommandRun;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checkpoints and snapshots in a store that speaks S3, by Flink's plugin, as a person sets it up:
 * trained, published, served, killed, resumed and verified, with nothing of it on a local disk.
 */
final class S3ITCase {
  private static final String ROOT = "s3://freshet/snapshots";
  private static final Pattern PORT = Pattern.compile("serving \\S+ at http://127.0.0.1:(\\d+)");
  private static final Pattern VERSION = Pattern.compile("\"model_version\":\"([0-9a-f-]+)\"");

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void aLearnerLivesInAStoreThatSpeaksS3() throws Exception {
    try (S3Server s3 = new S3Server(folder);
        EmbeddedKafka kafka = EmbeddedKafka.start();
        Processes ours = new Processes(folder, s3.environment())) {
      String config = config(kafka.bootstrapServers()).toString();
      Process serving =
          ours.startServeJar("serve", "--snapshots", ROOT, "--port", "0", "--without-console");
      simulate(kafka.bootstrapServers());

      Process learner = ours.start("train", "--config", config);
      ours.await(serving, "serve", () -> PORT.matcher(ours.said("serve")).find());
      ours.await(learner, "train", () -> !served(ours).isEmpty());
      String before = served(ours);
      learner.destroyForcibly().waitFor();
      Process resumed = ours.start("train", "--config", config, "--resume");
      ours.await(resumed, "train", () -> !lineage(served(ours)).equals(lineage(before)));
      resumed.destroyForcibly().waitFor();

      assertThat(ours.said("train")).contains("train: goes on from s3://freshet/checkpoints/");
      assertThat(ours.runServeJar(0, "snapshot", "verify", "--all", ROOT))
          .containsPattern("ok: \\d+ versions, \\d+ files, 0 problems");
      assertThat(folder.resolve("objects/freshet/snapshots/latest.json")).isNotEmptyFile();
    }
  }

  private static void simulate(String brokers) {
    CommandRun run =
        CommandRun.of(
            "simulate",
            "--bootstrap-servers",
            brokers,
            "--impressions",
            "5000",
            "--partitions",
            "1");
    assertThat(run.code()).as(run.err()).isZero();
  }

  private Path config(String brokers) throws Exception {
    return Files.writeString(
        folder.resolve("learner.yaml"),
        """
        name: far
        kafka: {bootstrap-servers: "%s"}
        features:
          - {name: user, kind: categorical}
          - {name: item, kind: categorical}
        join: {window: 30 s, out-of-orderness: 10 s, max-drift: 1 h}
        model: {embedding-size: 4, hidden-layers: [8]}
        snapshot: {root: "%s"}
        checkpoint: {interval: 500 ms, dir: "s3://freshet/checkpoints"}
        parallelism: 1
        """
            .formatted(brokers, ROOT));
  }

  /** The version that answers a request; empty before there is one. */
  private String served(Processes ours) throws Exception {
    Matcher port = PORT.matcher(ours.said("serve"));
    if (!port.find()) {
      return "";
    }
    String answer =
        client
            .send(
                HttpRequest.newBuilder(
                        URI.create(
                            "http://127.0.0.1:%s/v1/models/far:predict".formatted(port.group(1))))
                    .POST(
                        BodyPublishers.ofString(
                            "{\"instances\": [{\"features\": {\"user\": \"u1\"}}]}"))
                    .build(),
                BodyHandlers.ofString())
            .body();
    Matcher version = VERSION.matcher(answer);
    return version.find() ? version.group(1) : "";
  }

  private static String lineage(String version) {
    return version.replaceFirst("-.*", "");
  }
}
