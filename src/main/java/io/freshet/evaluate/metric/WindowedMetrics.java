package io.freshet.evaluate.metric;

import io.freshet.evaluate.EvaluateSettings;
import io.freshet.evaluate.report.Metrics;
import io.freshet.evaluate.report.MetricsForm;
import io.freshet.evaluate.report.MetricsReport;
import io.freshet.evaluate.report.MetricsSeries;
import io.freshet.evaluate.report.Slice;
import io.freshet.evaluate.report.Spread;
import io.freshet.model.batch.ExampleAttributes;
import io.freshet.model.batch.Predictions;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Progressive validation without Flink: metrics of tumbling windows of event time, and since start.
 *
 * <p>A window is open from its first example on, and closed when the watermark says that no more of
 * its examples come; windows without examples do not exist. An example that comes later still is
 * late: it counts since start only. In addition to the whole, each span has the AUC within users,
 * the deciles of predictions, and the metrics of slices by fields' values.
 *
 * <p>Not thread-safe.
 */
public final class WindowedMetrics {
  private static final int FORMAT = 2;

  private final long length;
  private final SpanSums total;
  private final SliceValues values;
  private final UserMix mix;
  private final TreeMap<Window, SpanSums> open = new TreeMap<>();
  private Metrics lastClosed = Metrics.NONE;
  private Spread lastSpread = Spread.NONE;
  private Metrics sinceStart; // of the total; null when the total has changed since
  private Spread spread; // of the total, made with it
  private long watermark = Long.MIN_VALUE;
  private long occurrences;
  private long late;

  /** Metrics without slices. */
  public WindowedMetrics(Duration window) {
    this(EvaluateSettings.DEFAULT.withWindow(window), Map.of());
  }

  /**
   * Metrics by these settings.
   *
   * @param fields names of the fields to slice by, by number
   */
  public WindowedMetrics(EvaluateSettings settings, Map<Integer, String> fields) {
    this(
        settings.window(),
        new SpanSums(SpanSums.TOTAL_EXAMPLES),
        new SliceValues(fields, settings.sliceValues()),
        new UserMix());
  }

  private WindowedMetrics(Duration window, SpanSums total, SliceValues values, UserMix mix) {
    if (window.toMillis() < 1) {
      throw new IllegalArgumentException("a window of " + window + " is shorter than 1 ms");
    }
    this.length = window.toMillis();
    this.total = total;
    this.values = values;
    this.mix = mix;
  }

  public void add(Predictions predictions) {
    sinceStart = null;
    occurrences += predictions.occurrences();
    for (int i = 0; i < predictions.size(); i++) {
      add(predictions, i);
    }
  }

  /** Takes the texts of feature ids, by which slices are named. */
  public void name(Map<Long, String> texts) {
    values.name(texts);
  }

  /**
   * Closes the windows that end at the watermark or before it, oldest first.
   *
   * @param time no example of this time or before it is to come
   * @return a report for each window closed, followed by those of its slices; the since-start
   *     figures are those of now
   */
  public List<MetricsReport> advanceTo(long time) {
    watermark = Math.max(watermark, time);
    List<MetricsReport> reports = new ArrayList<>();
    while (!open.isEmpty() && open.firstKey().endsBy(watermark)) {
      Map.Entry<Window, SpanSums> closing = open.pollFirstEntry();
      reports.addAll(close(closing.getKey(), closing.getValue()));
    }
    return reports;
  }

  private List<MetricsReport> close(Window window, SpanSums sums) {
    lastClosed = sums.whole.metrics(window.from(), window.to());
    lastSpread = sums.spread();
    List<MetricsReport> reports = new ArrayList<>(List.of(report()));
    sums.slices.forEach(
        (slice, of) ->
            reports.add(
                MetricsReport.of(
                    values.name(slice),
                    of.metrics(window.from(), window.to()),
                    total.slices.get(slice).metrics())));
    return reports;
  }

  /** The window closed last, and the figures since start. */
  public MetricsReport report() {
    if (sinceStart == null) {
      sinceStart = total.whole.metrics();
      spread = total.spread();
    }
    return new MetricsReport(
        lastClosed,
        sinceStart,
        occurrences,
        total.whole.invalid(),
        late,
        MetricsSeries.PROGRESSIVE,
        Optional.empty(),
        lastSpread,
        spread,
        mix.seen(),
        "");
  }

  /** Of each slice the figures since start. */
  public Map<Slice, Metrics> slices() {
    Map<Slice, Metrics> slices = new LinkedHashMap<>();
    total.slices.forEach((slice, of) -> slices.put(values.name(slice), of.metrics()));
    return slices;
  }

  public void write(DataOutput out) throws IOException {
    out.writeByte(FORMAT);
    out.writeLong(watermark);
    out.writeLong(occurrences);
    out.writeLong(late);
    MetricsForm.write(lastClosed, out);
    MetricsForm.write(lastSpread, out);
    values.write(out);
    mix.write(out);
    total.write(out);
    out.writeInt(open.size());
    for (Map.Entry<Window, SpanSums> window : open.entrySet()) {
      out.writeLong(window.getKey().from());
      out.writeLong(window.getKey().to());
      window.getValue().write(out);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param settings of the windows opened from now on; those open already keep their length
   * @param fields names of the fields to slice by, by number; other fields' slices are dropped
   */
  public static WindowedMetrics read(
      DataInput in, EvaluateSettings settings, Map<Integer, String> fields) throws IOException {
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException("windowed metrics of format " + format + "; known is " + FORMAT);
    }
    long watermark = in.readLong();
    long occurrences = in.readLong();
    long late = in.readLong();
    Metrics lastClosed = MetricsForm.read(in);
    Spread lastSpread = MetricsForm.readSpread(in);
    SliceValues values = new SliceValues(fields, settings.sliceValues());
    values.read(in);
    UserMix mix = UserMix.read(in);
    WindowedMetrics read =
        new WindowedMetrics(
            settings.window(), sums(in, SpanSums.TOTAL_EXAMPLES, values), values, mix);
    read.watermark = watermark;
    read.occurrences = occurrences;
    read.late = late;
    read.lastClosed = lastClosed;
    read.lastSpread = lastSpread;
    for (int n = in.readInt(); n > 0; n--) {
      read.open.put(
          new Window(in.readLong(), in.readLong()), sums(in, SpanSums.WINDOW_EXAMPLES, values));
    }
    return read;
  }

  private static SpanSums sums(DataInput in, int usersExamples, SliceValues values)
      throws IOException {
    SpanSums sums = SpanSums.read(in, usersExamples);
    sums.slices.keySet().removeIf(slice -> !values.has(slice));
    return sums;
  }

  private void add(Predictions predictions, int i) {
    long time = predictions.times()[i];
    addTo(total, predictions, i);
    long from = Math.floorDiv(time, length) * length;
    Window window = new Window(from, from + length);
    if (window.endsBy(watermark)) {
      late++;
    } else {
      addTo(
          open.computeIfAbsent(window, w -> new SpanSums(SpanSums.WINDOW_EXAMPLES)),
          predictions,
          i);
    }
    if (predictions.traits().users().length > 0) {
      mix.add(predictions.traits().trainer(), predictions.traits().users()[i]);
    }
  }

  private void addTo(SpanSums sums, Predictions predictions, int i) {
    long time = predictions.times()[i];
    float label = predictions.labels()[i];
    float weight = predictions.weights()[i];
    float probability = predictions.probabilities()[i];
    sums.add(time, label, weight, probability);
    ExampleAttributes traits = predictions.traits();
    if (traits.users().length > 0) {
      sums.addToUser(traits.users()[i], label, weight, probability);
      for (int at = traits.starts()[i]; at < traits.starts()[i + 1]; at++) {
        if (values.has(traits.slices()[at])) {
          sums.addToSlice(values.slice(traits.slices()[at]), time, label, weight, probability);
        }
      }
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
