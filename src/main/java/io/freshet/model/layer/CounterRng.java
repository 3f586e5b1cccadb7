package io.freshet.model.layer;

/**
 * Random numbers addressed by (seed, key, counter): no state, so a parameter's start depends on
 * nothing but its address.
 *
 * <p>The mixer is SplitMix64's (Steele, Lea, Flood 2014, with Stafford's variant 13). Only integer
 * arithmetic, multiplication and addition: equal on every machine.
 */
public final class CounterRng {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;
  private static final float TO_UNIT = 0x1p-24f;
  private static final long LANE = 0xFFFF;

  /** The sum of four uniform 16-bit numbers has this mean and about this deviation. */
  private static final double MEAN = 2 * LANE;

  private static final double DEVIATION = 0x1p16 / Math.sqrt(3);

  private final long origin;

  public CounterRng(long seed, long key) {
    origin = mix(mix(seed + GAMMA) ^ key);
  }

  /** Uniform in [0, 1). */
  public float uniform(int counter) {
    return (bits(counter) >>> 40) * TO_UNIT;
  }

  /**
   * Near-normal, mean 0, deviation 1: the sum of four uniform numbers, bell-shaped within 3.5
   * deviations.
   */
  public float normal(int counter) {
    long bits = bits(counter);
    long sum = (bits & LANE) + (bits >>> 16 & LANE) + (bits >>> 32 & LANE) + (bits >>> 48);
    return (float) ((sum - MEAN) / DEVIATION);
  }

  long bits(int counter) {
    return mix(origin + (counter + 1L) * GAMMA);
  }

  private static long mix(long x) {
    long y = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
    y = (y ^ y >>> 27) * 0x94D049BB133111EBL;
    return y ^ y >>> 31;
  }
}
