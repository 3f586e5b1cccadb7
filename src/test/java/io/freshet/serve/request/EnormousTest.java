package io.freshet.serve.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.example.Example;
import io.freshet.serve.model.SampleModel;
import org.junit.jupiter.api.Test;

class EnormousTest {
  @Test
  void theFieldOfAnEnormousNumberIsNamed() {
    assertThat(Enormous.field(example(3e38f), SampleModel.SCHEMA)).contains("price");
    assertThat(Enormous.field(example(Float.NaN), SampleModel.SCHEMA)).contains("price");
    assertThat(Enormous.field(example(12), SampleModel.SCHEMA)).isEmpty();
  }

  private static Example example(float price) {
    return new Example(0, new long[] {0, 1L << 52, 3L << 52 | 1}, new float[] {1, 1, price});
  }
}
