package io.freshet.evaluate.metric;

import static io.freshet.evaluate.Written.readBack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.evaluate.report.GroupedAuc;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UserAucTest {

  @Test
  void usageExample() {
    UserAuc aucs = new UserAuc(100);
    aucs.add(1, 1, 1, 0.9f); // this user's positive is above the negative
    aucs.add(1, 0, 1, 0.1f);
    aucs.add(2, 1, 1, 0.2f); // this one's below two of weight 1, and tied with one
    aucs.add(2, 0, 2, 0.3f);
    aucs.add(2, 0, 1, 0.2f);
    aucs.add(3, 1, 4, 0.5f); // all alike

    GroupedAuc result = aucs.result();

    assertThat(result.auc()).isCloseTo((2 * 1.0 + 4 * (0.5 / 3)) / 6, within(1e-12));
    assertThat(result.users()).isEqualTo(2);
    assertThat(result.leftOutUsers()).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(result.leftOut()).isCloseTo(0.4, within(1e-12));
    assertThat(result.sampled()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void isTheMeanOverPairsOfEachUser(long seed) {
    Random random = new Random(seed);
    UserAuc aucs = new UserAuc(10_000);
    Map<Long, UserPairs> oracle = new HashMap<>();
    for (int i = 0; i < 3000; i++) {
      long user = (long) Math.floor(100 * Math.pow(random.nextDouble(), 2));
      float label = random.nextInt(10) == 0 ? 0.5f : random.nextInt(2);
      float weight = (1 + random.nextInt(8)) / 4f;
      float probability = random.nextInt(50) / 50f;
      aucs.add(user, label, weight, probability);
      oracle.computeIfAbsent(user, u -> new UserPairs()).add(label, weight, probability);
    }

    double sum = oracle.values().stream().mapToDouble(UserPairs::weightedAuc).sum();
    double weights =
        oracle.values().stream().filter(UserPairs::isDefined).mapToDouble(u -> u.weight).sum();
    assertThat(aucs.result().auc()).as("seed %d", seed).isCloseTo(sum / weights, within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void holdsNoMoreThanItsCapacityAndStaysNearTheWhole(long seed) {
    Random random = new Random(seed);
    UserAuc bounded = new UserAuc(20_000);
    UserAuc whole = new UserAuc(Integer.MAX_VALUE);
    for (int i = 0; i < 100_000; i++) {
      long user = random.nextInt(10_000);
      float probability = random.nextFloat();
      float label = random.nextFloat() < probability ? 1 : 0;
      bounded.add(user, label, 1, probability);
      whole.add(user, label, 1, probability);
      assertThat(bounded.held()).isLessThanOrEqualTo(20_000);
    }

    assertThat(bounded.result().sampled()).as("seed %d", seed).isLessThan(0.5);
    assertThat(bounded.result().auc())
        .as("seed %d", seed)
        .isCloseTo(whole.result().auc(), within(0.02));
  }

  @Test
  void whoIsHeldDependsNeitherOnTheOrderNorOnARestart() throws IOException {
    Random random = new Random(4);
    UserAuc straight = new UserAuc(500);
    UserAuc restarted = new UserAuc(500);
    UserAuc backwards = new UserAuc(500);
    long[] users = random.longs(4000, 0, 900).toArray();
    float[] probabilities = new float[users.length];
    for (int i = 0; i < users.length; i++) {
      probabilities[i] = random.nextFloat();
    }
    for (int i = 0; i < users.length; i++) {
      straight.add(users[i], i % 2, 1, probabilities[i]);
      restarted.add(users[i], i % 2, 1, probabilities[i]);
      restarted = i == 1234 ? readBack(restarted::write, in -> UserAuc.read(in, 500)) : restarted;
      int j = users.length - 1 - i;
      backwards.add(users[j], j % 2, 1, probabilities[j]);
    }

    assertThat(restarted.result()).isEqualTo(straight.result());
    assertThat(backwards.held()).isEqualTo(straight.held());
    assertThat(backwards.result().auc()).isCloseTo(straight.result().auc(), within(1e-12));
  }

  @Test
  void noUsersAndUsersOfOneClassHaveNoFigure() {
    UserAuc aucs = new UserAuc(10);
    assertThat(aucs.result().auc()).isNaN();
    aucs.add(1, 1, 1, 0.5f);

    assertThat(aucs.result().auc()).isNaN();
    assertThat(aucs.result().leftOut()).isEqualTo(1);
  }

  /** All pairs of a positive and a negative, one by one. */
  private static final class UserPairs {
    private final double[][] examples = new double[3000][];
    private int size;
    private double weight;

    void add(double label, double exampleWeight, double probability) {
      examples[size++] = new double[] {label, exampleWeight, probability};
      weight += exampleWeight;
    }

    boolean isDefined() {
      return pairs(false) > 0;
    }

    double weightedAuc() {
      return isDefined() ? weight * pairs(true) / pairs(false) : 0;
    }

    private double pairs(boolean right) {
      double sum = 0;
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          double[] up = examples[i];
          double[] down = examples[j];
          double both = up[0] * up[1] * (1 - down[0]) * down[1];
          double share = up[2] > down[2] ? 1 : up[2] == down[2] ? 0.5 : 0;
          sum += right ? both * share : both;
        }
      }
      return sum;
    }
  }
}
