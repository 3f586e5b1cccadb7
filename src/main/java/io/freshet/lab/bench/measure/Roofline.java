package io.freshet.lab.bench.measure;

import io.freshet.model.algebra.LinearAlgebra;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.bytedeco.openblas.global.openblas_nolapack;

/** The speed of OpenBLAS on 400 × 400 × batch, on as many threads at once as the learner uses. */
public final class Roofline {
  private static final int UNITS = 400;
  private static final Duration LENGTH = Duration.ofMillis(500);
  private static final Duration PART = Duration.ofMillis(250);

  private final int batch;
  private final int threads;

  public Roofline(int batch, int threads) {
    if (LinearAlgebra.chosen() != LinearAlgebra.OPENBLAS) {
      throw new IllegalStateException(
          "the roofline is OpenBLAS's speed, but OpenBLAS does not load on this machine");
    }
    this.batch = batch;
    this.threads = threads;
  }

  /** Floating-point operations a second, of all threads together. */
  public Speed flops() throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      return Speed.of(LENGTH, () -> flops(pool));
    } finally {
      pool.shutdown();
    }
  }

  private double flops(ExecutorService pool) {
    List<CompletableFuture<Double>> parts =
        IntStream.range(0, threads)
            .mapToObj(i -> CompletableFuture.supplyAsync(this::part, pool))
            .toList();
    return parts.stream().mapToDouble(CompletableFuture::join).sum();
  }

  private double part() {
    FloatBuffer a = matrix(batch);
    FloatBuffer b = matrix(UNITS);
    FloatBuffer c = matrix(batch);
    long start = System.nanoTime();
    double products = 0;
    while (System.nanoTime() - start < PART.toNanos()) {
      openblas_nolapack.cblas_sgemm(
          101, 111, 111, batch, UNITS, UNITS, 1, a, UNITS, b, UNITS, 0, c, UNITS);
      products++;
    }
    return products * 2 * batch * UNITS * UNITS;
  }

  private static FloatBuffer matrix(int rows) {
    FloatBuffer matrix =
        ByteBuffer.allocateDirect(rows * UNITS * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (int i = 0; i < matrix.capacity(); i++) {
      matrix.put(i, 1f / (1 + i % 7));
    }
    return matrix;
  }
}
