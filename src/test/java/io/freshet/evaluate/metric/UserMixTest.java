package io.freshet.evaluate.metric;

import static io.freshet.evaluate.Written.readBack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.evaluate.report.UsersSeen;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class UserMixTest {

  @Test
  void meansAreOverWholeBlocksOfOneTrainer() throws IOException {
    long seed = 5;
    Random random = new Random(seed);
    long[][] users = {new long[2000], new long[2000]};
    UserMix mix = new UserMix();
    for (int i = 0; i < 2000; i++) {
      for (int trainer = 0; trainer < 2; trainer++) {
        users[trainer][i] = random.nextInt(40 + 500 * trainer);
        mix.add(trainer, users[trainer][i]);
      }
      mix = i == 777 ? readBack(mix::write, UserMix::read) : mix;
    }

    assertThat(mix.seen().per64()).as("seed %d", seed).isCloseTo(mean(users, 64), within(1e-12));
    assertThat(mix.seen().per512()).as("seed %d", seed).isCloseTo(mean(users, 512), within(1e-12));
  }

  @Test
  void lessThanABlockHasNoMean() {
    UserMix mix = new UserMix();
    for (int i = 0; i < 63; i++) {
      mix.add(0, 1);
    }
    assertThat(mix.seen().per64()).isNaN();

    mix.add(0, 1);

    assertThat(mix.seen()).isEqualTo(new UsersSeen(1, Double.NaN));
  }

  private static double mean(long[][] users, int block) {
    long distinct = 0;
    int blocks = 0;
    for (long[] of : users) {
      for (int from = 0; from + block <= of.length; from += block) {
        distinct += Arrays.stream(of, from, from + block).distinct().count();
        blocks++;
      }
    }
    return (double) distinct / blocks;
  }
}
