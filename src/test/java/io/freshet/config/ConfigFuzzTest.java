package io.freshet.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.freshet.Damage;
import io.freshet.config.option.ConfigException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A damaged configuration is read, or refused with places and reasons, never by anything else. */
final class ConfigFuzzTest {
  private static final int TEXTS = 800;
  private static final String SECRET = "swordfish-that-is-longer-than-any-piece-91f3";
  private static final String GOOD =
      """
      name: ctr
      kafka:
        bootstrap-servers: localhost:9092
        topics: {impressions: seen}
        properties: {sasl.jaas.config: 'x required password="%s";', ssl.key.password: %s}
      events: {max-bytes: 1 MB, max-values: 1000, max-ahead: 1 h}
      features:
        - {name: user, kind: categorical}
        - {name: price, kind: numeric, transform: standardize, mean: 3.5, deviation: 1.2}
        - {name: age, kind: numeric, transform: buckets, bounds: [18, 25, 35]}
        - {name: user-age, kind: cross, of: [user, age]}
      join: {window: 30 min, out-of-orderness: 30 s}
      model: {embedding-size: 10, hidden-layers: [128, 64], l2: 0}
      train:
        first-order-optimizer: {kind: ftrl, alpha: 0.5, beta: 1}
        dense: {step-size: 64, optimizer: {kind: adagrad, learning-rate: 0.02}}
      snapshot: {root: "file:///tmp/s"}
      checkpoint: {interval: 1 min, dir: "file:///tmp/c", backend: rocksdb}
      parallelism: 2
      """
          .formatted(SECRET, SECRET);

  @ParameterizedTest
  @ValueSource(longs = {20260301, 20260302, 20260303, 20260304})
  void aDamagedConfigurationIsReadOrRefusedAndItsSecretsStayItsOwn(long seed) {
    Random random = new Random(seed);
    Damage damage = new Damage(GOOD, random);
    int refused = 0;
    for (int i = 0; i < TEXTS; i++) {
      String yaml = new String(damage.next(), UTF_8);
      try {
        assertThat(LearnerConfig.parse(yaml, "learner.yaml", List.of()).kafka().toString())
            .doesNotContain(SECRET);
      } catch (ConfigException e) {
        refused++;
        assertThat(e.problems())
            .as("seed %d, text %d", seed, i)
            .isNotEmpty()
            .allSatisfy(
                problem -> assertThat(problem).contains(" (learner.yaml:").hasSizeLessThan(5000));
        assertThat(e.getMessage()).as("seed %d, text %d", seed, i).doesNotContain(SECRET);
      } catch (RuntimeException e) {
        fail("seed %s, text %s: %s".formatted(seed, i, yaml), e);
      }
    }
    assertThat(refused).as("seed %d", seed).isBetween(TEXTS / 10, TEXTS);
  }
}
