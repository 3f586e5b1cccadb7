package io.freshet.evaluate.metric;

import io.freshet.wire.codec.VarInt;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * A growing list of keys, each with a weight of positives and one of negatives, in primitive
 * arrays.
 *
 * <p>Written as a number of entries, then for each the distance to the key before and both weights,
 * all in variable length: about five bytes an entry when weights are small whole numbers.
 */
final class WeightedKeys {
  private int[] keys;
  private double[] positives;
  private double[] negatives;
  private int size;

  WeightedKeys(int capacity) {
    keys = new int[capacity];
    positives = new double[capacity];
    negatives = new double[capacity];
  }

  int size() {
    return size;
  }

  int key(int i) {
    return keys[i];
  }

  double positive(int i) {
    return positives[i];
  }

  double negative(int i) {
    return negatives[i];
  }

  void append(int key, double positive, double negative) {
    if (size == keys.length) {
      int capacity = Math.max(16, 2 * size);
      keys = Arrays.copyOf(keys, capacity);
      positives = Arrays.copyOf(positives, capacity);
      negatives = Arrays.copyOf(negatives, capacity);
    }
    keys[size] = key;
    positives[size] = positive;
    negatives[size++] = negative;
  }

  /** The entries in order of their keys, those of one key added up. */
  WeightedKeys sorted() {
    long[] order = new long[size];
    for (int i = 0; i < size; i++) {
      order[i] = (long) keys[i] << 32 | i;
    }
    Arrays.sort(order);
    WeightedKeys sorted = new WeightedKeys(size);
    for (long entry : order) {
      sorted.addInOrder(this, (int) entry, (int) (entry >> 32));
    }
    return sorted;
  }

  /** Sorted entries with {@code bits} low bits of the keys dropped, those of one key added up. */
  WeightedKeys widened(int bits) {
    WeightedKeys wide = new WeightedKeys(size);
    for (int i = 0; i < size; i++) {
      wide.addInOrder(this, i, keys[i] >> bits);
    }
    return wide;
  }

  /** Both lists' entries, sorted as they are, those of one key added up. */
  WeightedKeys merge(WeightedKeys other) {
    WeightedKeys merged = new WeightedKeys(size + other.size);
    int i = 0;
    int j = 0;
    while (i < size || j < other.size) {
      if (j == other.size || (i < size && keys[i] <= other.keys[j])) {
        merged.addInOrder(this, i, keys[i++]);
      } else {
        merged.addInOrder(other, j, other.keys[j++]);
      }
    }
    return merged;
  }

  void write(DataOutput out) throws IOException {
    VarInt.write(size, out);
    int before = Integer.MIN_VALUE;
    for (int i = 0; i < size; i++) {
      VarInt.write((long) keys[i] - before, out);
      VarInt.writeWeight(positives[i], out);
      VarInt.writeWeight(negatives[i], out);
      before = keys[i];
    }
  }

  static WeightedKeys read(DataInput in) throws IOException {
    int n = VarInt.readInt(in);
    WeightedKeys read = new WeightedKeys(n);
    long key = Integer.MIN_VALUE;
    for (int i = 0; i < n; i++) {
      key += VarInt.read(in);
      read.append(Math.toIntExact(key), VarInt.readWeight(in), VarInt.readWeight(in));
    }
    return read;
  }

  private void addInOrder(WeightedKeys from, int i, int key) {
    if (size > 0 && keys[size - 1] == key) {
      positives[size - 1] += from.positives[i];
      negatives[size - 1] += from.negatives[i];
    } else {
      append(key, from.positives[i], from.negatives[i]);
    }
  }
}
