package io.freshet.lab.bench.loop;

import io.freshet.lab.bench.measure.FigureTable;
import io.freshet.lab.bench.measure.FigureTable.Form;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;

/**
 * What a restore took.
 *
 * @param parallelism of the job that restores
 * @param before of the job that wrote the savepoint
 * @param savepointBytes of all files of the savepoint
 * @param seconds from the submission to the first example learned
 * @param heapBytes in use after it, by what the job holds
 * @param peakBytes most in use meanwhile, garbage included
 */
record RestoreFigure(
    int parallelism,
    int before,
    long savepointBytes,
    double seconds,
    long heapBytes,
    long peakBytes) {
  private static final double MEGABYTE = 1 << 20;

  static FigureTable<RestoreFigure> table(PrintWriter out, boolean json) {
    return new FigureTable<RestoreFigure>(out, Form.ARRAY.orTable(json))
        .column("parallelism", "parallelism", "%11d", RestoreFigure::parallelism)
        .column("before", "before", "%6d", RestoreFigure::before)
        .column("savepoint_bytes", "savepoint MB", "%12.1f", f -> f.savepointBytes / MEGABYTE)
        .column("seconds", "seconds", "%7.2f", RestoreFigure::seconds)
        .column("heap_bytes", "heap MB", "%7.1f", f -> f.heapBytes / MEGABYTE)
        .column("peak_bytes", "peak MB", "%7.1f", f -> f.peakBytes / MEGABYTE)
        .begin();
  }

  /** Of the heap, garbage collected. */
  static long heapInUse() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  static void resetPeak() {
    System.gc();
    heap().forEach(MemoryPoolMXBean::resetPeakUsage);
  }

  static long peak() {
    return heap().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
  }

  private static List<MemoryPoolMXBean> heap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }
}
