package io.freshet.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LoopbackGuardTest {
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.0.0.2", "localhost", "::1"})
  void aServerOnLoopbackAnswersToItsOwnNamesOnly(String bind) {
    LoopbackGuard guard = LoopbackGuard.of(bind);

    assertThat(guard.admits("localhost")).isTrue();
    assertThat(guard.admits("LocalHost")).isTrue();
    assertThat(guard.admits("freshet.localhost")).isTrue();
    assertThat(guard.admits("127.0.0.1")).isTrue();
    assertThat(guard.admits("[::1]")).isTrue();
    assertThat(guard.admits("::1")).isTrue();
    assertThat(guard.admits("evil.example")).isFalse();
    assertThat(guard.admits("127.0.0.1.evil.example")).isFalse();
    assertThat(guard.admits("192.0.2.1")).isFalse();
    assertThat(guard.admits("")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "no.such.host.invalid"})
  void aServerForOthersAnswersToAnyName(String bind) {
    assertThat(LoopbackGuard.of(bind).admits("evil.example")).isTrue();
  }
}
