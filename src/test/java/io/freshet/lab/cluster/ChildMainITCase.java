package io.freshet.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ChildMainITCase {

  @Test
  void aProcessEndsWhenItsParentIsGone() throws Exception {
    Process child = start(Sleeper.class.getName());
    assertThat(child.waitFor(1, TimeUnit.SECONDS)).isFalse();

    child.getOutputStream().close(); // as the system does for a parent that was killed

    assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isEqualTo(1);
  }

  @Test
  void aFailureOfTheMainClassEndsTheProcess() throws Exception {
    Process child = start(Failing.class.getName());

    assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isEqualTo(1);
  }

  private static Process start(String main) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ChildMain.class.getName(),
                main))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  static final class Sleeper {
    public static void main(String[] args) throws InterruptedException {
      Thread.currentThread().join();
    }
  }

  static final class Failing {
    public static void main(String[] args) {
      throw new IllegalStateException("broken");
    }
  }
}
