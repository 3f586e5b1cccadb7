package io.freshet.evaluate.metric;

import io.freshet.evaluate.report.GroupedAuc;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@link GroupedAuc} over a stream, in bounded memory.
 *
 * <p>At most {@code capacity} examples are held, 12 bytes each. Were there more, half of the users
 * are forgotten, with all of their examples, and from then on only the other half is looked at: the
 * users whose hash begins with one more zero bit (adaptive sampling, Flajolet 1990). So each user
 * is held whole or not at all, every user with the same chance, and who is held depends on the ids
 * alone, not on the order of the examples nor on restarts.
 */
public final class UserAuc {
  private final int capacity;
  private final Map<Long, UserHistory> users = new LinkedHashMap<>(); // its order is the sums'
  private int level; // leading zero bits of the hashes held
  private int held;

  public UserAuc(int capacity) {
    this.capacity = capacity;
  }

  public void add(long user, float label, float weight, float probability) {
    if (isHeld(user)) {
      users.computeIfAbsent(user, id -> new UserHistory()).add(label, weight, probability);
      held++;
      bound();
    }
  }

  public GroupedAuc result() {
    double aucs = 0;
    double weights = 0;
    double leftOut = 0;
    long counted = 0;
    for (UserHistory user : users.values()) {
      double auc = user.auc();
      if (Double.isNaN(auc)) {
        leftOut += user.weight();
      } else {
        aucs += user.weight() * auc;
        weights += user.weight();
        counted++;
      }
    }
    return new GroupedAuc(
        aucs / weights,
        counted,
        (double) (users.size() - counted) / users.size(),
        leftOut / (leftOut + weights),
        Math.scalb(1.0, -level));
  }

  int held() {
    return held;
  }

  void write(DataOutput out) throws IOException {
    out.writeByte(level);
    out.writeInt(users.size());
    for (Map.Entry<Long, UserHistory> user : users.entrySet()) {
      out.writeLong(user.getKey());
      user.getValue().write(out);
    }
  }

  static UserAuc read(DataInput in, int capacity) throws IOException {
    UserAuc read = new UserAuc(capacity);
    read.level = in.readByte();
    for (int n = in.readInt(); n > 0; n--) {
      long user = in.readLong();
      UserHistory history = UserHistory.read(in);
      read.users.put(user, history);
      read.held += history.size();
    }
    read.bound();
    return read;
  }

  private void bound() {
    while (held > capacity) {
      level++;
      Iterator<Map.Entry<Long, UserHistory>> each = users.entrySet().iterator();
      while (each.hasNext()) {
        Map.Entry<Long, UserHistory> user = each.next();
        if (!isHeld(user.getKey())) {
          held -= user.getValue().size();
          each.remove();
        }
      }
    }
  }

  private boolean isHeld(long user) {
    return Long.numberOfLeadingZeros(mix(user)) >= level;
  }

  /** MurmurHash3's finalizer: users of one partition share bits of their own hash. */
  private static long mix(long user) {
    long h = (user ^ user >>> 33) * 0xFF51AFD7ED558CCDL;
    h = (h ^ h >>> 33) * 0xC4CEB9FE1A85EC53L;
    return h ^ h >>> 33;
  }
}
