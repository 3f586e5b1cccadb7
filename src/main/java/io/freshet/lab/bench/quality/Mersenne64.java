package io.freshet.lab.bench.quality;

/**
 * The 64-bit Mersenne Twister (Nishimura and Matsumoto 2000), with the uniform and normal numbers
 * that GNU's C++ library draws from it: the generated streams are the ones on which the defaults
 * were found by a C++ simulation, and their figures can be compared.
 */
final class Mersenne64 {
  private static final int N = 312;
  private static final int M = 156;
  private static final long TWIST = 0xB5026F5AA96619E9L;
  private static final long UPPER = 0xFFFFFFFF80000000L;
  private static final long SPREAD = 6364136223846793005L;

  private final long[] state = new long[N];
  private int next = N;
  private double saved;
  private boolean isSaved;

  Mersenne64(long seed) {
    state[0] = seed;
    for (int i = 1; i < N; i++) {
      state[i] = SPREAD * (state[i - 1] ^ state[i - 1] >>> 62) + i;
    }
  }

  long nextLong() {
    if (next == N) {
      twist();
    }
    long x = state[next++];
    x ^= x >>> 29 & 0x5555555555555555L;
    x ^= x << 17 & 0x71D67FFFEDA60000L;
    x ^= x << 37 & 0xFFF7EEE000000000L;
    return x ^ x >>> 43;
  }

  /** Uniform in 0 … 1, exclusive. */
  double uniform() {
    long bits = nextLong();
    double value = (bits >>> 1 | bits & 1) * 0x1p-63; // the low bit only decides how it is rounded
    return value < 1 ? value : Math.nextDown(1.0);
  }

  /** Normal, by Marsaglia's polar method. */
  double normal() {
    if (isSaved) {
      isSaved = false;
      return saved;
    }
    double x;
    double y;
    double square;
    do {
      x = 2 * uniform() - 1;
      y = 2 * uniform() - 1;
      square = x * x + y * y;
    } while (square > 1 || square == 0);
    double length = Math.sqrt(-2 * Math.log(square) / square);
    saved = x * length;
    isSaved = true;
    return y * length;
  }

  private void twist() {
    for (int i = 0; i < N; i++) {
      long x = state[i] & UPPER | state[(i + 1) % N] & ~UPPER;
      state[i] = state[(i + M) % N] ^ x >>> 1 ^ ((x & 1) == 0 ? 0 : TWIST);
    }
    next = 0;
  }
}
