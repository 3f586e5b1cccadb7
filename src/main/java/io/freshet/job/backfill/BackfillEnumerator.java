package io.freshet.job.backfill;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;

/** Gives the one place in a history to the first reader that asks for it. */
final class BackfillEnumerator
    implements SplitEnumerator<BackfillPosition, Collection<BackfillPosition>> {
  private final SplitEnumeratorContext<BackfillPosition> context;
  private final Queue<BackfillPosition> left;

  BackfillEnumerator(
      SplitEnumeratorContext<BackfillPosition> context, Collection<BackfillPosition> left) {
    this.context = context;
    this.left = new ArrayDeque<>(left);
  }

  @Override
  public void handleSplitRequest(int subtask, String host) {
    BackfillPosition position = left.poll();
    if (position == null) {
      context.signalNoMoreSplits(subtask);
    } else {
      context.assignSplit(position, subtask);
    }
  }

  @Override
  public void addSplitsBack(List<BackfillPosition> positions, int subtask) {
    left.addAll(positions);
  }

  @Override
  public Collection<BackfillPosition> snapshotState(long checkpointId) {
    return List.copyOf(left);
  }

  @Override
  public void start() {}

  @Override
  public void addReader(int subtask) {} // it asks

  @Override
  public void close() {}
}
