package io.freshet.job;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;

/** Gives the one place in a history to the first reader that asks for it. */
final class HistoryEnumerator
    implements SplitEnumerator<HistoryPosition, Collection<HistoryPosition>> {
  private final SplitEnumeratorContext<HistoryPosition> context;
  private final Queue<HistoryPosition> left;

  HistoryEnumerator(
      SplitEnumeratorContext<HistoryPosition> context, Collection<HistoryPosition> left) {
    this.context = context;
    this.left = new ArrayDeque<>(left);
  }

  @Override
  public void handleSplitRequest(int subtask, String host) {
    HistoryPosition position = left.poll();
    if (position == null) {
      context.signalNoMoreSplits(subtask);
    } else {
      context.assignSplit(position, subtask);
    }
  }

  @Override
  public void addSplitsBack(List<HistoryPosition> positions, int subtask) {
    left.addAll(positions);
  }

  @Override
  public Collection<HistoryPosition> snapshotState(long checkpointId) {
    return List.copyOf(left);
  }

  @Override
  public void start() {}

  @Override
  public void addReader(int subtask) {} // it asks

  @Override
  public void close() {}
}
