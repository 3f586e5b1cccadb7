package io.freshet.lab.bench.loop;

import io.freshet.lab.bench.measure.BenchOptions;
import io.freshet.lab.bench.measure.ProcessMemory;
import io.freshet.lab.bench.measure.ScratchDirectory;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;

/** A savepoint of the training loop, and jobs that start from it. */
final class RestoreBench implements AutoCloseable {
  /** Before the measurement is over; the state is too large for the job manager's memory. */
  private static final Duration NO_CHECKPOINT = Duration.ofHours(1);

  /** What the cluster of the job before needs to go away. */
  private static final Duration CLOSING = Duration.ofSeconds(3);

  private final ScratchDirectory scratch = ScratchDirectory.create();
  private final int before;
  private final BenchOptions options;
  private final String savepoint;
  private final long idleBytes; // of the heap, of the examples alone

  /** Makes the savepoint. */
  RestoreBench(int parallelism, BenchOptions options) throws Exception {
    this.before = parallelism;
    this.options = options;
    LoopBench loop = loop(parallelism);
    idleBytes = RestoreFigure.heapInUse();
    JobClient job = loop.start(Optional.empty());
    loop.awaitEveryRow(job);
    savepoint =
        job.stopWithSavepoint(false, scratch.path().toUri().toString(), SavepointFormatType.NATIVE)
            .get();
    job.getJobExecutionResult().get();
    loop.deleteCheckpoints();
  }

  private LoopBench loop(int parallelism) {
    return new LoopBench(
        ScalingCommand.atEqualTotalBatch(parallelism),
        parallelism,
        true,
        Optional.of(NO_CHECKPOINT),
        options);
  }

  RestoreFigure restore(int parallelism) throws Exception {
    LoopBench loop = loop(parallelism);
    Thread.sleep(CLOSING.toMillis());
    RestoreFigure.resetPeak();
    long start = System.nanoTime();
    JobClient job = loop.start(Optional.of(savepoint));
    LoopBench.awaitFirst(job);
    double seconds = (System.nanoTime() - start) / 1e9;
    long peak = RestoreFigure.peak() - idleBytes;
    long heap = RestoreFigure.heapInUse() - idleBytes;
    LoopBench.stop(job);
    loop.deleteCheckpoints();
    long bytes = ProcessMemory.onDisk(scratch.path());
    return new RestoreFigure(parallelism, before, bytes, seconds, heap, peak);
  }

  @Override
  public void close() throws IOException {
    scratch.close();
  }
}
