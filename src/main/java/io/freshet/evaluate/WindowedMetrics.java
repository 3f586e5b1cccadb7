package io.freshet.evaluate;

import io.freshet.model.Predictions;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Progressive validation without Flink: metrics of tumbling windows of event time, and since start.
 *
 * <p>A window is open from its first example on, and closed when the watermark says that no more of
 * its examples come; windows without examples do not exist. An example that comes later still is
 * late: it counts since start only.
 *
 * <p>Not thread-safe.
 */
public final class WindowedMetrics {
  private static final int FORMAT = 1;

  private final long length;
  private final MetricsAccumulator total;
  private final TreeMap<Window, MetricsAccumulator> open = new TreeMap<>();
  private Metrics lastClosed = Metrics.NONE;
  private Metrics sinceStart; // of the total; null when the total has changed since
  private long watermark = Long.MIN_VALUE;
  private long occurrences;
  private long late;

  public WindowedMetrics(Duration window) {
    this(window, new MetricsAccumulator());
  }

  private WindowedMetrics(Duration window, MetricsAccumulator total) {
    if (window.toMillis() < 1) {
      throw new IllegalArgumentException("a window of " + window + " is shorter than 1 ms");
    }
    this.length = window.toMillis();
    this.total = total;
  }

  public void add(Predictions predictions) {
    sinceStart = null;
    occurrences += predictions.occurrences();
    for (int i = 0; i < predictions.size(); i++) {
      add(
          predictions.times()[i],
          predictions.labels()[i],
          predictions.weights()[i],
          predictions.probabilities()[i]);
    }
  }

  /**
   * Closes the windows that end at the watermark or before it, oldest first.
   *
   * @param time no example of this time or before it is to come
   * @return a report for each window closed, the since-start figures being those of now
   */
  public List<MetricsReport> advanceTo(long time) {
    watermark = Math.max(watermark, time);
    List<MetricsReport> reports = new ArrayList<>();
    while (!open.isEmpty() && open.firstKey().endsBy(watermark)) {
      Map.Entry<Window, MetricsAccumulator> closing = open.pollFirstEntry();
      Window window = closing.getKey();
      lastClosed = closing.getValue().metrics(window.from(), window.to());
      reports.add(report());
    }
    return reports;
  }

  /** The window closed last, and the figures since start. */
  public MetricsReport report() {
    if (sinceStart == null) {
      sinceStart = total.metrics();
    }
    return new MetricsReport(lastClosed, sinceStart, occurrences, total.invalid(), late);
  }

  public void write(DataOutput out) throws IOException {
    out.writeByte(FORMAT);
    out.writeLong(watermark);
    out.writeLong(occurrences);
    out.writeLong(late);
    MetricsForm.write(lastClosed, out);
    total.write(out);
    out.writeInt(open.size());
    for (Map.Entry<Window, MetricsAccumulator> window : open.entrySet()) {
      out.writeLong(window.getKey().from());
      out.writeLong(window.getKey().to());
      window.getValue().write(out);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param window length of the windows opened from now on; those open already keep theirs
   */
  public static WindowedMetrics read(DataInput in, Duration window) throws IOException {
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException("windowed metrics of format " + format + "; known is " + FORMAT);
    }
    long watermark = in.readLong();
    long occurrences = in.readLong();
    long late = in.readLong();
    Metrics lastClosed = MetricsForm.read(in);
    WindowedMetrics read = new WindowedMetrics(window, MetricsAccumulator.read(in));
    read.watermark = watermark;
    read.occurrences = occurrences;
    read.late = late;
    read.lastClosed = lastClosed;
    for (int n = in.readInt(); n > 0; n--) {
      read.open.put(new Window(in.readLong(), in.readLong()), MetricsAccumulator.read(in));
    }
    return read;
  }

  private void add(long time, float label, float weight, float probability) {
    total.add(time, label, weight, probability);
    long from = Math.floorDiv(time, length) * length;
    Window window = new Window(from, from + length);
    if (window.endsBy(watermark)) {
      late++;
    } else {
      open.computeIfAbsent(window, w -> new MetricsAccumulator())
          .add(time, label, weight, probability);
    }
  }

  /** Ordered by end, as windows of a length set earlier may still be open. */
  private record Window(long from, long to) implements Comparable<Window> {

    boolean endsBy(long watermark) {
      return to - 1 <= watermark;
    }

    @Override
    public int compareTo(Window other) {
      return to != other.to ? Long.compare(to, other.to) : Long.compare(from, other.from);
    }
  }
}
