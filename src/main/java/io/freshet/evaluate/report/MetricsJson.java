package io.freshet.evaluate.report;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.freshet.wire.Json;
import java.util.Optional;

/**
 * Reports as the metrics topic holds them: one JSON object for each closed window, described by
 * {@code schemas/metrics.schema.json}. Figures that are not defined are null.
 */
public final class MetricsJson {
  private MetricsJson() {}

  private record Report(
      String model,
      Optional<String> task,
      String series,
      Optional<Slice> slice,
      Window window,
      SinceStart sinceStart) {}

  private record Window(@JsonUnwrapped Metrics metrics, @JsonUnwrapped Optional<Spread> spread) {}

  private record SinceStart(
      @JsonUnwrapped Metrics metrics,
      Optional<Long> occurrences,
      Optional<Long> invalid,
      Optional<Long> late,
      @JsonUnwrapped Optional<Spread> spread,
      @JsonUnwrapped Optional<UsersSeen> users) {}

  /** The record's key: the same for a window that is reported again after a failure. */
  public static String key(String model, MetricsReport report) {
    String series =
        report.series() == MetricsSeries.PROGRESSIVE ? "" : report.series().text() + "/";
    String slice = report.slice().map(s -> s.field() + "=" + s.value() + "/").orElse("");
    return model
        + "/"
        + task(report).map(task -> task + "/").orElse("")
        + series
        + slice
        + report.window().from();
  }

  private static Optional<String> task(MetricsReport report) {
    return Optional.of(report.task()).filter(task -> !task.isEmpty());
  }

  /** The record's value. */
  public static byte[] value(String model, MetricsReport report) {
    Optional<MetricsReport> whole = Optional.of(report).filter(r -> r.slice().isEmpty());
    Optional<MetricsReport> progressive =
        whole.filter(r -> r.series() == MetricsSeries.PROGRESSIVE);
    return Json.line(
        new Report(
            model,
            task(report),
            report.slice().isPresent() ? "slice" : report.series().text(),
            report.slice(),
            new Window(report.window(), progressive.map(MetricsReport::windowSpread)),
            new SinceStart(
                report.sinceStart(),
                whole.map(MetricsReport::occurrences),
                whole.map(MetricsReport::invalid),
                whole.map(MetricsReport::late),
                progressive.map(MetricsReport::spread),
                progressive.map(MetricsReport::users))));
  }
}
