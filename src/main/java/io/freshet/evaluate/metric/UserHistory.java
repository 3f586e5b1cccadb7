package io.freshet.evaluate.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/** One user's examples, and the AUC among them, computed again only where there are new ones. */
public final class UserHistory {
  private float[] labels = new float[4];
  private float[] weights = new float[4];
  private float[] probabilities = new float[4];
  private int size;
  private boolean stale = true;
  private double auc;
  private double weight;

  public void add(float label, float exampleWeight, float probability) {
    if (size == labels.length) {
      labels = Arrays.copyOf(labels, 2 * size);
      weights = Arrays.copyOf(weights, 2 * size);
      probabilities = Arrays.copyOf(probabilities, 2 * size);
    }
    labels[size] = label;
    weights[size] = exampleWeight;
    probabilities[size++] = probability;
    stale = true;
  }

  int size() {
    return size;
  }

  public double auc() {
    refresh();
    return auc;
  }

  public double weight() {
    refresh();
    return weight;
  }

  private void refresh() {
    if (stale) {
      weight = 0;
      for (int i = 0; i < size; i++) {
        weight += weights[i];
      }
      auc = RankSum.auc(labels, weights, probabilities, size);
      stale = false;
    }
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(size);
    for (int i = 0; i < size; i++) {
      out.writeFloat(labels[i]);
      out.writeFloat(weights[i]);
      out.writeFloat(probabilities[i]);
    }
  }

  static UserHistory read(DataInput in) throws IOException {
    UserHistory read = new UserHistory();
    for (int n = in.readInt(); n > 0; n--) {
      read.add(in.readFloat(), in.readFloat(), in.readFloat());
    }
    return read;
  }
}
