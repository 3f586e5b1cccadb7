package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ConfigWarningsTest {

  @Test
  void defaultsNeedNoAdvice() {
    assertThat(ConfigSamples.parse(ConfigSamples.LEAST).warnings()).isEmpty();
  }

  @Test
  void tooManyUnseenExamplesAreWarnedOfWithTheReason() {
    assertThat(ConfigSamples.parse(ConfigSamples.LEAST, "parallelism=4").warnings()).isEmpty();
    assertThat(
            ConfigSamples.parse(ConfigSamples.LEAST + "parallelism: 4\n", "train.batch-size=257")
                .warnings())
        .containsExactly(
            "train.batch-size: parallelism 4 x batch-size 257 x max-in-flight 2 lets each"
                + " prediction miss 2056 examples; above 2048 the model gets measurably worse (AUC"
                + " by .006 at 4096): lower one of them (--set train.batch-size)");
  }

  @Test
  void aNumberThatIsNamedAsAnIdIsWarnedOf() {
    assertThat(
            ConfigSamples.parse(
                    """
                    kafka: {bootstrap-servers: "localhost:9092"}
                    features:
                      - {name: user, kind: categorical}
                      - {name: itemId, kind: numeric}
                      - {name: ad_id, kind: numeric}
                      - {name: shop-id, kind: categorical}
                      - {name: bid, kind: numeric}
                      - {name: ideas, kind: numeric}
                    """)
                .warnings())
        .hasSize(2)
        .allMatch(warning -> warning.contains("is numeric, but named as an id"))
        .anyMatch(warning -> warning.contains("itemId"))
        .anyMatch(warning -> warning.contains("ad_id"));
  }

  @Test
  void denseExchangeIsNoFinerThanItsSteps() {
    assertThat(
            ConfigSamples.parse(
                    ConfigSamples.LEAST, "train.dense.sync-every=32", "train.dense.slices=1")
                .warnings())
        .containsExactly(
            "train.dense.sync-every: 32 is below dense.step-size, 64: exchanges without a step"
                + " between them carry nothing (--set train.dense.sync-every)",
            "train.dense.slices: 1 is below parallelism, 2: some mergers have nothing to merge"
                + " (--set train.dense.slices)");
  }

  @Test
  void smallAccumulatorsAreWarnedOfWithSeveralTrainersOnly() {
    String small = "train.embedding-optimizer.initial-accumulator=0.01";

    assertThat(ConfigSamples.parse(ConfigSamples.LEAST, small, "parallelism=1").warnings())
        .isEmpty();
    assertThat(ConfigSamples.parse(ConfigSamples.LEAST, small).warnings())
        .containsExactly(
            "train.embedding-optimizer.initial-accumulator: 0.01 is below 0.1: with several"
                + " trainers the first steps of a row may overshoot (--set"
                + " train.embedding-optimizer.initial-accumulator)");
    assertThat(
            ConfigSamples.parse(
                    ConfigSamples.LEAST, "train.embedding-optimizer.kind=rowwise-adagrad", small)
                .warnings())
        .hasSize(1);
  }

  @Test
  void countersThatNeverExpireAreWarnedOf() {
    String counted = "embedding.admission.kind=count";

    assertThat(ConfigSamples.parse(ConfigSamples.LEAST, counted, "embedding.expiry=1 d").warnings())
        .isEmpty();
    assertThat(ConfigSamples.parse(ConfigSamples.LEAST, counted, "embedding.max-rows=5").warnings())
        .isEmpty();
    assertThat(ConfigSamples.parse(ConfigSamples.LEAST, counted).warnings())
        .containsExactly(
            "embedding.admission.kind: counts each feature indefinitely, as embedding.expiry is"
                + " never: the counters of features seen once grow without bound; set an expiry, or"
                + " take kind sketch (--set embedding.admission.kind)");
  }

  @Test
  void timerBucketLongerThanTheWindowIsWarnedOf() {
    assertThat(ConfigSamples.parse(ConfigSamples.LEAST + "join: {window: 500 ms}\n").warnings())
        .containsExactly(
            "join.timer-bucket: is longer than join.window: negatives wait for the bucket's end,"
                + " not the window's (learner.yaml:3:7)");
  }
}
