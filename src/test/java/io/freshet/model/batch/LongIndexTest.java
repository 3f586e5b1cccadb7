package io.freshet.model.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongIndexTest {

  @Test
  void usageExample() {
    LongIndex index = new LongIndex(10);

    assertThat(index.add(77)).isEqualTo(0);
    assertThat(index.add(-3)).isEqualTo(1);
    assertThat(index.add(77)).isEqualTo(0);

    assertThat(index.size()).isEqualTo(2);
    assertThat(index.key(1)).isEqualTo(-3);
    assertThat(index.find(5)).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void itEqualsAHashMapOverManyRounds(long seed) {
    Random random = new Random(seed);
    LongIndex index = new LongIndex(random.nextInt(40));
    for (int round = 0; round < 30; round++) {
      Map<Long, Integer> expected = new HashMap<>();
      List<Long> order = new ArrayList<>();
      int adds = random.nextInt(round % 3 == 0 ? 2000 : 20);
      for (int i = 0; i < adds; i++) {
        long key = key(random);
        if (expected.putIfAbsent(key, order.size()) == null) {
          order.add(key);
        }
        assertThat(index.add(key)).as("seed %d", seed).isEqualTo(expected.get(key));
      }
      assertThat(index.size()).isEqualTo(order.size());
      for (int i = 0; i < order.size(); i++) {
        assertThat(index.key(i)).isEqualTo(order.get(i));
        assertThat(index.find(order.get(i))).isEqualTo(i);
      }
      for (int i = 0; i < 50; i++) {
        long key = key(random);
        assertThat(index.find(key)).as("seed %d", seed).isEqualTo(expected.getOrDefault(key, -1));
      }
      index.clear();
      assertThat(index.size()).isZero();
      order.forEach(key -> assertThat(index.find(key)).isEqualTo(-1));
    }
  }

  /** Keys that are close together, that differ in the high bits only, and any. */
  private static long key(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> random.nextInt(600) - 300;
      case 1 -> (long) random.nextInt(600) << 52;
      default -> random.nextLong();
    };
  }
}
