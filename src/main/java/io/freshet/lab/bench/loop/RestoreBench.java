package io.freshet.lab.bench.loop;

import io.freshet.lab.bench.measure.BenchOptions;
import io.freshet.lab.bench.measure.ProcessMemory;
import io.freshet.lab.bench.measure.ScratchDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;

/** A savepoint of the training loop, and jobs that start from it. */
final class RestoreBench implements AutoCloseable {
  private final ScratchDirectory scratch = ScratchDirectory.create();
  private final int before;
  private final BenchOptions options;
  private final String savepoint;

  /** Makes the savepoint. */
  RestoreBench(int parallelism, BenchOptions options) throws Exception {
    this.before = parallelism;
    this.options = options;
    LoopBench loop = loop(parallelism);
    JobClient job = loop.start(Optional.empty());
    loop.awaitEveryRow(job);
    savepoint =
        job.stopWithSavepoint(false, scratch.path().toUri().toString(), SavepointFormatType.NATIVE)
            .get();
    job.getJobExecutionResult().get();
  }

  private LoopBench loop(int parallelism) {
    return new LoopBench(
        ScalingCommand.atEqualTotalBatch(parallelism),
        parallelism,
        true,
        Optional.empty(),
        options);
  }

  RestoreFigure restore(int parallelism) throws Exception {
    LoopBench loop = loop(parallelism);
    long idle = RestoreFigure.heapInUse();
    RestoreFigure.resetPeak();
    long start = System.nanoTime();
    JobClient job = loop.start(Optional.of(savepoint));
    LoopBench.awaitFirst(job);
    double seconds = (System.nanoTime() - start) / 1e9;
    long peak = RestoreFigure.peak() - idle;
    long heap = RestoreFigure.heapInUse() - idle;
    LoopBench.stop(job);
    long bytes = ProcessMemory.onDisk(Path.of(scratch.path().toString()));
    return new RestoreFigure(parallelism, before, bytes, seconds, heap, peak);
  }

  @Override
  public void close() throws IOException {
    scratch.close();
  }
}
