package io.freshet.config.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.freshet.config.option.References.UnresolvedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReferencesTest {
  @TempDir private Path folder;

  @Test
  void usageExample() throws IOException {
    Path file = Files.writeString(folder.resolve("password"), "open sesame\n");

    assertThat(resolved("user=${env:NAME} password=${file:" + file + "}"))
        .isEqualTo("user=me password=open sesame");
  }

  @Test
  void aPlainBraceIsEscaped() {
    assertThat(resolved("$${env:NAME} $5 $$ {x} $")).isEqualTo("${env:NAME} $5 $$ {x} $");
    assertThat(References.any("$${env:NAME}")).isFalse();
    assertThat(References.problem("$${anything")).isEmpty();
  }

  @Test
  void aValueIsNotLookedAtAgain() {
    assertThat(resolved("${env:LIKE}")).isEqualTo("${env:NAME} \\1 $1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"${", "${NAME}", "${env:}", "${env:A B}", "${file:rel}", "${vault:x}", "${env:A"})
  void anotherFormIsRefused(String text) {
    assertThat(References.problem(text)).isPresent();
    assertThatExceptionOfType(UnresolvedException.class)
        .isThrownBy(() -> resolved(text))
        .withMessageContaining("expected ${env:NAME} or ${file:/path}");
  }

  @Test
  void whatLeadsToNoValueIsNamed() throws IOException {
    Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xFF});
    Path large = Files.writeString(folder.resolve("large"), "x".repeat(1 << 17));

    assertUnresolved("${env:UNSET}", "the environment variable UNSET is not set");
    assertUnresolved("${file:/no/such}", "the file /no/such cannot be read");
    assertUnresolved("${file:" + binary + "}", "not UTF-8");
    assertUnresolved("${file:" + large + "}", "larger than");
    assertUnresolved("${file:" + folder + "}", folder + " cannot be read");
  }

  @Test
  void onlyReferencesAreShown() {
    assertThat(References.shown("${env:A}")).isEqualTo("${env:A}");
    assertThat(References.shown("hunter2 ${env:A}${file:/b} hunter3"))
        .isEqualTo("(hidden)${env:A}${file:/b}(hidden)");
    assertThat(References.shown("hunter2")).isEqualTo("(hidden)");
  }

  private static void assertUnresolved(String text, String message) {
    assertThatExceptionOfType(UnresolvedException.class)
        .isThrownBy(() -> resolved(text))
        .withMessageContaining(message);
  }

  private static String resolved(String text) {
    Map<String, String> environment = Map.of("NAME", "me", "LIKE", "${env:NAME} \\1 $1");
    return References.resolve(text, environment::get);
  }
}
