package io.freshet.join;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which actions count, and what label they make: the arithmetic of a {@link LabelDefinition}.
 *
 * <p>An action that joins to the impression, shown at t, counts up to t + its window, the last
 * instant included, and also when it is timestamped before the impression: clocks differ, and
 * nobody acts on what was not shown. One that joins to another action counts up to its window after
 * that, if that counts itself. Sets of actions are bits, by place in the definition.
 */
public final class ActionRules {
  private static final int NO_BASE = -1;

  /** How an action stands, by what is known so far. */
  public enum Standing {
    COUNTS,
    LATE,
    /** It came before what it joins to. */
    OPEN
  }

  private final Map<String, Integer> places = new HashMap<>();
  private final List<String> names;
  private final long[] windows;
  private final int[] bases; // of each action, the one it joins to
  private final float[] weights;
  private final int labeled; // the actions that the label counts

  public ActionRules(LabelDefinition definition) {
    List<Action> actions = definition.actions();
    int n = actions.size();
    names = actions.stream().map(Action::name).toList();
    windows = new long[n];
    bases = new int[n];
    weights = new float[n];
    int counted = 0;
    for (int a = 0; a < n; a++) {
      places.put(actions.get(a).name(), a);
      windows[a] = actions.get(a).window().toMillis();
      weights[a] = definition.weights().getOrDefault(actions.get(a).name(), 0f);
      counted |= weights[a] > 0 ? 1 << a : 0;
    }
    labeled = counted;
    for (int a = 0; a < n; a++) {
      bases[a] = places.getOrDefault(actions.get(a).after(), NO_BASE);
    }
  }

  public int size() {
    return windows.length;
  }

  /** The action's place, or -1 if it is none of ours. */
  public int place(String action) {
    return places.getOrDefault(action, -1);
  }

  public String name(int action) {
    return names.get(action);
  }

  /** The action that it joins to, or -1 for the impression. */
  public int base(int action) {
    return bases[action];
  }

  /** How long after its impression an action may count at most. */
  public long horizon() {
    long horizon = 0;
    for (int a = 0; a < windows.length; a++) {
      horizon = Math.max(horizon, windows[a] + (bases[a] < 0 ? 0 : windows[bases[a]]));
    }
    return horizon;
  }

  /** How an action that happened stands. */
  public Standing standing(long shown, ActionTimes times, int action) {
    if (bases[action] == NO_BASE) {
      return times.of(action) <= shown + windows[action] ? Standing.COUNTS : Standing.LATE;
    }
    if (!counts(shown, times, bases[action])) {
      return Standing.OPEN;
    }
    return times.of(action) <= times.of(bases[action]) + windows[action]
        ? Standing.COUNTS
        : Standing.LATE;
  }

  boolean counts(long shown, ActionTimes times, int action) {
    return times.has(action) && standing(shown, times, action) == Standing.COUNTS;
  }

  /** The actions that count. */
  public int counting(long shown, ActionTimes times) {
    int bits = 0;
    for (int a = 0; a < windows.length; a++) {
      bits |= counts(shown, times, a) ? 1 << a : 0;
    }
    return bits;
  }

  /** The label of these actions. */
  public float label(int bits) {
    float sum = 0;
    for (int a = 0; a < windows.length; a++) {
      sum += (bits >> a & 1) * weights[a];
    }
    return Math.min(1, sum);
  }

  /** Whether no further action can change the label. */
  public boolean isFinal(int bits) {
    return label(bits) >= 1 || (bits & labeled) == labeled;
  }

  /** Whether the label counts the action. */
  public boolean isLabeled(int action) {
    return (labeled >> action & 1) != 0;
  }

  /** When, of an impression shown at a time, the last action that could change its label ends. */
  public long end(long shown, ActionTimes times) {
    long end = shown;
    for (int a = 0; a < windows.length; a++) {
      if (isLabeled(a) && !counts(shown, times, a)) {
        end = Math.max(end, end(shown, times, a));
      }
    }
    return end;
  }

  private long end(long shown, ActionTimes times, int action) {
    int base = bases[action];
    if (base == NO_BASE) {
      return shown + windows[action];
    }
    return counts(shown, times, base)
        ? times.of(base) + windows[action]
        : shown + windows[base]; // without its base it cannot count
  }
}
