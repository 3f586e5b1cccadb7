package io.freshet.evaluate.metric;

import io.freshet.evaluate.report.Spread;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** All sums over a span of event time: of the whole, within users, and of each slice. */
final class SpanSums {
  static final int WINDOW_EXAMPLES = 1 << 14;
  static final int TOTAL_EXAMPLES = 1 << 16;

  final MetricsAccumulator whole;
  final UserAuc users;
  final Map<Long, MetricsAccumulator> slices = new TreeMap<>();

  SpanSums(int usersExamples) {
    this(new MetricsAccumulator(), new UserAuc(usersExamples));
  }

  private SpanSums(MetricsAccumulator whole, UserAuc users) {
    this.whole = whole;
    this.users = users;
  }

  void add(long time, float label, float weight, float probability) {
    whole.add(time, label, weight, probability);
  }

  /** An example that {@link #add} took, as one of its user's. */
  void addToUser(long user, float label, float weight, float probability) {
    if (MetricsAccumulator.isValid(label, weight, probability)) {
      users.add(user, label, weight, probability);
    }
  }

  void addToSlice(long slice, long time, float label, float weight, float probability) {
    slices
        .computeIfAbsent(slice, id -> MetricsAccumulator.small())
        .add(time, label, weight, probability);
  }

  Spread spread() {
    return new Spread(users.result(), whole.deciles());
  }

  void write(DataOutput out) throws IOException {
    whole.write(out);
    users.write(out);
    out.writeInt(slices.size());
    for (Map.Entry<Long, MetricsAccumulator> slice : slices.entrySet()) {
      out.writeLong(slice.getKey());
      slice.getValue().write(out);
    }
  }

  static SpanSums read(DataInput in, int usersExamples) throws IOException {
    SpanSums read = new SpanSums(MetricsAccumulator.read(in), UserAuc.read(in, usersExamples));
    for (int n = in.readInt(); n > 0; n--) {
      read.slices.put(in.readLong(), MetricsAccumulator.readSmall(in));
    }
    return read;
  }
}
