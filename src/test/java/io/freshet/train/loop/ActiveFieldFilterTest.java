package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import org.junit.jupiter.api.Test;

final class ActiveFieldFilterTest {
  private static final LabeledExample EXAMPLE =
      new LabeledExample(
          "i",
          5,
          1,
          2,
          new Example(
              9,
              new long[] {Fids.BIAS, Fids.of(1, 8), Fids.of(3, 8), Fids.of(2, 8)},
              new float[] {1, 2, 3, 4}),
          Kind.REINGESTED,
          0.5f,
          true);

  @Test
  void featuresOfARemovedFieldAreLeftOut() {
    FeatureSchema fewer =
        new FeatureSchema(SyntheticExamples.SCHEMA.fields().subList(0, 2), "user");

    LabeledExample known = new ActiveFieldFilter(fewer).of(EXAMPLE);

    assertThat(known.example().fids()).containsExactly(Fids.BIAS, Fids.of(1, 8), Fids.of(2, 8));
    assertThat(known.example().values()).containsExactly(1, 2, 4);
    assertThat(known)
        .usingRecursiveComparison()
        .ignoringFields("example.fids", "example.values")
        .isEqualTo(EXAMPLE);
  }

  @Test
  void anExampleOfActiveFieldsIsNotCopied() {
    assertThat(new ActiveFieldFilter(SyntheticExamples.SCHEMA).of(EXAMPLE)).isSameAs(EXAMPLE);
  }
}
