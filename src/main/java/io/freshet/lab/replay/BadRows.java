package io.freshet.lab.replay;

import java.util.ArrayList;
import java.util.List;

/** Counts the rows that could not be used, and keeps the problems of the first. */
public final class BadRows {
  private static final int KEPT = 10;

  private final List<String> first = new ArrayList<>();
  private long count;

  void add(String problem) {
    if (count++ < KEPT) {
      first.add(problem);
    }
  }

  public long count() {
    return count;
  }

  /** The first problems, a line each: {@code file:line: column …}. */
  public List<String> first() {
    return List.copyOf(first);
  }
}
