package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.config.option.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigFileTest {
  @TempDir private Path dir;

  @Test
  void fileIsReadAndNamedInProblems() throws IOException {
    Path file = Files.writeString(dir.resolve("l.yaml"), ConfigSamples.LEAST);

    assertThat(LearnerConfig.read(file, List.of()).name()).isEqualTo("ctr");
    assertThatThrownBy(() -> LearnerConfig.read(file, List.of("name=a b")))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("name: a b is not allowed; expected a name");
    Files.writeString(file, "name: a b\n");
    assertThatThrownBy(() -> LearnerConfig.read(file, List.of()))
        .hasMessageContaining(" (" + file + ":1:7)");
  }

  @Test
  void aByteOrderMarkIsSkipped() throws IOException {
    Path file = Files.writeString(dir.resolve("marked.yaml"), "\uFEFF" + ConfigSamples.LEAST);

    assertThat(LearnerConfig.read(file, List.of()).name()).isEqualTo("ctr");
  }

  @Test
  void whatIsNoReadableTextIsRefused() throws IOException {
    Path binary = Files.write(dir.resolve("binary"), new byte[] {(byte) 0xff, 0, 1});
    Path large = Files.write(dir.resolve("large"), new byte[(4 << 20) + 1]);

    assertRefused(dir.resolve("absent"), "no such file");
    assertThatThrownBy(
            () -> LearnerConfig.read(dir, List.of())) // why, the system says in its words
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(dir + ": cannot be read: ");
    assertRefused(binary, "not UTF-8 text");
    assertRefused(large, "larger than 4194304 bytes, so it is no configuration");
  }

  private static void assertRefused(Path file, String reason) {
    assertThatThrownBy(() -> LearnerConfig.read(file, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessage(file + ": " + reason);
  }
}
