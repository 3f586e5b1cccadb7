package io.freshet.serve.follow;

import java.time.Duration;

/**
 * What a {@link SnapshotFollower} has done so far.
 *
 * @param loads versions that took over
 * @param failures looks that ended with a problem
 * @param loading time that the loads took
 */
public record FollowerCounts(long loads, long failures, Duration loading) {
  static final FollowerCounts NONE = new FollowerCounts(0, 0, Duration.ZERO);

  FollowerCounts plusLoad(Duration took) {
    return new FollowerCounts(loads + 1, failures, loading.plus(took));
  }

  FollowerCounts plusFailure() {
    return new FollowerCounts(loads, failures + 1, loading);
  }
}
