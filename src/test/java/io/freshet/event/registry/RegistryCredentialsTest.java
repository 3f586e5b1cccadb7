package io.freshet.event.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RegistryCredentialsTest {
  private static final String BASIC = "Basic bWU6c2VjcmV0";

  @TempDir private Path folder;

  @Test
  void usageExample() throws IOException {
    assertThat(credentials("me:secret")).isEqualTo(BASIC);
    assertThat(credentials("Bearer t0ken")).isEqualTo("Bearer t0ken");
    assertThat(credentials("")).isEmpty();
  }

  @Test
  void theEnvironmentAndAFileHoldThemToo() throws IOException {
    Path file = Files.writeString(folder.resolve("auth"), "Bearer first\n");

    assertThat(credentials("${env:AUTH}")).isEqualTo(BASIC);
    assertThat(credentials("me:${env:PASSWORD}")).isEqualTo(BASIC);
    assertThat(credentials("${file:" + file + "}")).isEqualTo("Bearer first");
  }

  @Test
  void aFileMayBeReplaced() throws IOException {
    Path file = Files.writeString(folder.resolve("auth"), "Bearer first");
    RegistryCredentials credentials = new RegistryCredentials("${file:" + file + "}", name -> null);
    credentials.authorization();
    Files.writeString(file, "Bearer second");

    assertThat(credentials.authorization()).isEqualTo("Bearer second");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "${env:UNSET}",
        "${env:EMPTY}",
        "${env:WRONG}",
        "${env:LINES}",
        "${file:/no/such/file}"
      })
  void whatHoldsNoneIsNamedWithoutWhatItHolds(String source) {
    assertThatIOException()
        .isThrownBy(() -> credentials(source))
        .withMessageContaining("events.registry-auth")
        .withMessageContaining(source.substring(source.indexOf(':') + 1, source.indexOf('}')))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
  }

  private static String credentials(String source) throws IOException {
    Map<String, String> environment =
        Map.of(
            "AUTH",
            "me:secret",
            "EMPTY",
            "",
            "PASSWORD",
            "secret",
            "WRONG",
            "hunter2",
            "LINES",
            "a:b\nhunter2");
    return new RegistryCredentials(source, environment::get).authorization();
  }
}
