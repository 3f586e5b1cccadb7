package io.freshet.train.loop;

import io.freshet.model.batch.Predictions;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Holds up checkpoints until they expire, after shards and writers have closed their parts. */
final class Troubled extends ProcessFunction<Predictions, Void>
    implements CheckpointedFunction, CheckpointListener {
  private static final long serialVersionUID = 1L;

  static final Trouble TROUBLE = new Trouble();

  @Override
  public void initializeState(FunctionInitializationContext context) {
    TROUBLE.starts.incrementAndGet();
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws InterruptedException {
    if (TROUBLE.hold) {
      Thread.sleep(1700);
    }
  }

  @Override
  public void processElement(Predictions predictions, Context context, Collector<Void> out) {
    if (TROUBLE.fail.compareAndSet(true, false)) {
      throw new IllegalStateException("broken on purpose");
    }
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) {
    TROUBLE.completed.add(checkpointId);
  }

  @Override
  public void notifyCheckpointAborted(long checkpointId) {
    TROUBLE.aborted.incrementAndGet();
  }

  /** What the test asks of the job, and sees of it. */
  static final class Trouble {
    final ConcurrentSkipListSet<Long> completed = new ConcurrentSkipListSet<>();
    final AtomicInteger aborted = new AtomicInteger();
    final AtomicInteger starts = new AtomicInteger();
    final AtomicBoolean fail = new AtomicBoolean();
    volatile boolean hold;

    void clear() {
      completed.clear();
      hold = false;
      fail.set(false);
    }

    @Override
    public String toString() {
      return "completed %s, aborted %s, starts %s".formatted(completed, aborted, starts);
    }
  }
}
