package io.freshet.job.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.Rejection;
import org.junit.jupiter.api.Test;

final class DeadLetterSamplerTest {
  private final DeadLetterSampler sampler = new DeadLetterSampler();

  @Test
  void manyOfOneKindAreLeftOutAndCountedWithTheirOffsets() {
    int taken = 0;
    for (int i = 0; i < 5000; i++) {
      taken += sampler.takes(letter(Rejection.Kind.NOT_JSON, i % 2, i), 1000) ? 1 : 0;
    }

    assertThat(taken).isEqualTo(DeadLetterSampler.MOST);
    assertThat(sampler.summaries())
        .satisfiesExactly(
            even -> {
              assertThat(even.value()).isNull();
              assertThat(even.partition()).isZero();
              assertThat(even.offset()).isEqualTo(4998);
              assertThat(even.rejection().reason())
                  .startsWith("2000 records like this, offsets 1000 to 4998,")
                  .endsWith("the last: reason 4998");
            },
            odd -> assertThat(odd.rejection().reason()).contains("offsets 1001 to 4999"));
    assertThat(sampler.summaries()).isEmpty();
  }

  @Test
  void otherKindsAndLaterOnesAreTaken() {
    for (int i = 0; i < 5000; i++) {
      sampler.takes(letter(Rejection.Kind.NOT_JSON, 0, i), 1000);
    }

    assertThat(sampler.takes(letter(Rejection.Kind.EMPTY, 0, 5000), 1000)).isTrue();
    assertThat(sampler.takes(letter(Rejection.Kind.NOT_JSON, 0, 5001), 10_999)).isFalse();
    assertThat(sampler.takes(letter(Rejection.Kind.NOT_JSON, 0, 5002), 11_000)).isTrue();
  }

  private static DeadLetter letter(Rejection.Kind kind, int partition, long offset) {
    Rejection rejection = new Rejection(kind, "reason " + offset);
    return new DeadLetter("clicks", partition, offset, 1, rejection, new byte[] {1});
  }
}
