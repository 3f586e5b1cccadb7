package io.freshet.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.docs.CommandRun;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServeCommandTest {
  @TempDir Path root;

  @Test
  void aRootWithoutAPluginForItIsRefused() {
    CommandRun run = CommandRun.of("serve", "--snapshots", "s3://bucket/snapshots");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("serve: --snapshots: nothing here reads s3://bucket/snapshots; put the plugin");
  }

  @Test
  void aPortThatIsNoneIsRefused() {
    CommandRun run = CommandRun.of("serve", "--snapshots", root.toString(), "--port", "65536");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("serve: port 65536 is not in 0..65535");
  }

  @Test
  void modelsThatAreWrongAreRefusedWithTheirLines() throws Exception {
    Path file = root.resolve("models.yaml");
    Files.writeString(file, "models:\n  - name: ctr\n    root: [a]\n  - {name: ctr}\n");

    CommandRun run = CommandRun.of("serve", "--models", file.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains("models[1].root: a list is not allowed; expected text (models.yaml:3:11)")
        .contains("models[2].name: ctr is there twice (models.yaml:4:12)");
  }

  @ParameterizedTest
  @CsvSource({
    "serve --models no.yaml, serve: no.yaml: no such file",
    "serve --models m.yaml --name ctr, 'serve: --name, --store and --store-dir are for one model'",
    "serve --models m.yaml --snapshots r, 'serve: Error: --snapshots=ROOT, --models=FILE are'",
    "serve, 'serve: Error: Missing required argument (specify one of these): (--snapshots=ROOT |'"
  })
  void modelsComeFromOnePlace(String command, String reason) {
    CommandRun run = CommandRun.of(command.split(" "));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "--store rocksdb, --store rocksdb and --store-dir DIR go together",
    "--store-dir here, --store rocksdb and --store-dir DIR go together",
    "--store disk, Invalid value for option",
    "--store-memory 1, --store-memory 1 is too little; expected 16 or more",
    "--log-impressions impressions, '--log-impressions needs Kafka, which --bootstrap-servers'",
    "--property a=b, '--property is for Kafka, which --bootstrap-servers names'",
    "--poll 0, --poll 0 is no pause; expected 1 or more",
    "--grpc-port 65536, --grpc-port 65536 is not in 0..65535",
    "--drain -1, the drain is PT-1S; expected 0 or more"
  })
  void optionsThatDoNotFitAreRefused(String options, String reason) {
    CommandRun run = CommandRun.of(("serve --snapshots " + root + " " + options).split(" "));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("serve: " + reason);
  }

  @Test
  void aPortThatIsTakenIsOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = String.valueOf(taken.getLocalPort());

      CommandRun run = CommandRun.of("serve", "--snapshots", root.toString(), "--port", port);

      assertThat(run.code()).isEqualTo(1);
      assertThat(run.out()).isEmpty();
      assertThat(run.err().lines()).hasSize(1);
      assertThat(run.err()).startsWith("serve: cannot listen at 127.0.0.1:" + port);
    }
  }
}
