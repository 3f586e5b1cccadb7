package io.freshet.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventVersionTest {

  @Test
  void aRecordWithoutTheHeaderIsOfTheOnlyVersionThereIs() {
    assertThat(EventVersion.refusal(null)).isEmpty();
    assertThat(EventVersion.refusal(EventVersion.current())).isEmpty();
  }

  @Test
  void anotherVersionIsRefusedByName() {
    assertThat(EventVersion.refusal("2".getBytes(UTF_8)))
        .contains(
            new Rejection(
                Rejection.Kind.UNKNOWN_VERSION,
                "header event-version is \"2\"; expected 1, or no such header"));
  }

  @Test
  void aHeaderOfAnyBytesIsRefusedInFewWords() {
    byte[] noise = new byte[10_000];

    assertThat(EventVersion.refusal(noise).orElseThrow().reason()).hasSizeLessThan(200);
    assertThat(EventVersion.refusal(new byte[0])).isPresent();
  }
}
