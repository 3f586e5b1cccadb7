package io.freshet.join.operator;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What a subtask of the join knows besides its impressions, in a checkpoint.
 *
 * @param subtask its index
 * @param parallelism the number of subtasks there were
 * @param watermark the last watermark sent
 * @param firstImpression time of the stream's first impression
 * @param actions names of the actions, in the order in which the state of impressions has them
 * @param counts of {@link io.freshet.join.JoinCounts}
 * @param delays of the histogram of click delays
 * @param breaker of the circuit breaker
 */
public record SubtaskState(
    int subtask,
    int parallelism,
    long watermark,
    long firstImpression,
    List<String> actions,
    long[] counts,
    double[] delays,
    double[] breaker) {
  public SubtaskState {
    requireNonNull(counts, "counts");
    requireNonNull(delays, "delays");
    requireNonNull(breaker, "breaker");
    actions = List.copyOf(actions);
  }
}
