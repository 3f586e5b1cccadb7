package io.freshet.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.CommandRun;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeCommandTest {
  @TempDir Path root;

  @Test
  void aRootElsewhereIsRefused() {
    CommandRun run = CommandRun.of("serve", "--snapshots", "s3://bucket/snapshots");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("serve: --snapshots: \"s3://bucket/snapshots\" is not a local");
  }

  @Test
  void aPortThatIsNoneIsRefused() {
    CommandRun run = CommandRun.of("serve", "--snapshots", root.toString(), "--port", "65536");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("serve: port 65536 is not in 0..65535");
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
