package io.freshet.lab.chaos;

/**
 * One line of an audit.
 *
 * @param differences how many things differ; 0 is what is promised
 */
record Difference(String what, long expected, long found, long differences) {
  static Difference between(String what, long expected, long found) {
    return new Difference(what, expected, found, Math.abs(expected - found));
  }
}
