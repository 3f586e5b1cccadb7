package io.freshet.cli.status;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The state of a run as one line: what it waits for, or how much, how fast and how well it has
 * learned, and what is wrong.
 */
final class RunStatus {
  private static final String ROUTER = "route_impressions";
  private static final String JOIN = "LabelJoin";
  private static final String MERGER = "DenseMerger";
  private static final String QUALITY = "ProgressiveValidation";
  private static final double SILENT_SECONDS = 60;
  private static final double MOST_SKIPPED = 0.05;
  private static final double MOST_WITHOUT_MODEL = 0.9;
  private static final long MINUTE = 60_000_000_000L;

  private final RunMetrics metrics;
  private final String wait;
  private final Deque<Learned> learned = new ArrayDeque<>(); // of the last minute, oldest first

  private record Learned(double examples, double skipped, long nanos) {}

  enum Phase {
    STARTING,
    READING,
    LEARNING
  }

  RunStatus(RunMetrics metrics, String wait) {
    this.metrics = metrics;
    this.wait = wait;
  }

  Phase phase() {
    if (value("Trainer", "examples") > 0) {
      return Phase.LEARNING;
    }
    return value(ROUTER, "events") > 0 ? Phase.READING : Phase.STARTING;
  }

  /** The line at a time of {@link System#nanoTime}. */
  String text(long nanos) {
    List<String> parts = new ArrayList<>();
    switch (phase()) {
      case STARTING -> parts.add("no impression read yet");
      case READING -> {
        parts.add(String.format(Locale.ROOT, "%,.0f impressions read", value(ROUTER, "events")));
        parts.add("no label is settled yet (%s)".formatted(wait));
      }
      case LEARNING -> {
        parts.add(
            String.format(
                Locale.ROOT, "%,.0f examples%s", value("Trainer", "examples"), speed(nanos)));
        quality(parts);
      }
    }
    ahead(parts);
    problems(parts);
    return String.join(", ", parts);
  }

  /** Over the last minute, since examples come in bursts. */
  private String speed(long nanos) {
    Learned now = new Learned(value("Trainer", "examples"), value("Trainer", "skipped"), nanos);
    learned.removeIf(
        old -> old.nanos() < nanos - MINUTE || old.examples() > now.examples()); // a failure
    learned.add(now);
    Learned first = learned.getFirst();
    double perSecond = (now.examples() - first.examples()) * 1e9 / (nanos - first.nanos());
    return Double.isNaN(perSecond) ? "" : String.format(Locale.ROOT, " (%,.0f/s)", perSecond);
  }

  /** Of the last window of event time, or of all before there is one. */
  private void quality(List<String> parts) {
    quality(QUALITY, "", parts);
    for (String task : metrics.further(QUALITY)) {
      quality(QUALITY + "-" + task, task + " ", parts);
    }
  }

  private void quality(String operator, String task, List<String> parts) {
    String of = value(operator, "evaluate_window_examples") > 0 ? "evaluate_window_" : "evaluate_";
    metrics
        .sum(operator, of + "logloss")
        .ifPresent(x -> parts.add(String.format(Locale.ROOT, "%slogloss %.4f", task, x)));
    metrics
        .sum(operator, of + "auc")
        .ifPresent(x -> parts.add(String.format(Locale.ROOT, "%sAUC %.4f", task, x)));
  }

  private void ahead(List<String> parts) {
    OptionalDouble waiting = metrics.sum(JOIN, "waiting_impressions");
    if (phase() == Phase.LEARNING && waiting.isPresent()) {
      parts.add(String.format(Locale.ROOT, "%,.0f impressions wait", waiting.getAsDouble()));
    }
    double age = metrics.sum("SnapshotPublisher", "snapshot_age_millis").orElse(-1);
    if (age >= 0) {
      parts.add(String.format(Locale.ROOT, "snapshot %,.0f s old", age / 1000));
    }
  }

  private void problems(List<String> parts) {
    double silent = metrics.least(ROUTER, "silent_seconds").orElse(0);
    if (silent >= SILENT_SECONDS) {
      parts.add(String.format(Locale.ROOT, "no impression for %,.0f s", silent));
    }
    if (value(JOIN, "breaker") > 0 || value(JOIN, "clicks_silent") > 0) {
      parts.add("clicks do not come as they should: time waits");
    }
    for (String task : metrics.further(JOIN)) {
      if (value(JOIN + "-" + task, "breaker") > 0) {
        parts.add("labels of " + task + " do not come as they should: time waits");
      }
    }
    if (value(JOIN, "impressions_late") > 0) {
      parts.add("many impressions come too late: nothing is published");
    }
    if (phase() == Phase.LEARNING) {
      skipped(parts);
    }
    untrusted(parts);
    if (value("SnapshotPublisher", "snapshot_last_withheld") > 0) {
      parts.add("the gate withholds the newest version");
    }
    double dead =
        metrics.byLabel("dead_letters", "<operator_name>").values().stream()
            .mapToDouble(Double::doubleValue)
            .sum();
    if (dead > 0) {
      parts.add(String.format(Locale.ROOT, "%,.0f dead letters", dead));
    }
  }

  /** As of the last checkpoint. */
  private void untrusted(List<String> parts) {
    double base = value(MERGER, "expert_weight_base_rate");
    double firstOrder = value(MERGER, "expert_weight_first_order");
    if (base + firstOrder > MOST_WITHOUT_MODEL) {
      parts.add(
          String.format(
              Locale.ROOT,
              "the model is not trusted: predictions are %.0f %% the base rate's, %.0f %% those of"
                  + " first-order weights",
              100 * base,
              100 * firstOrder));
    }
  }

  /** Over the last minute. */
  private void skipped(List<String> parts) {
    Learned first = learned.getFirst();
    Learned now = learned.getLast();
    boolean isFirst = learned.size() == 1;
    double examples = now.examples() - (isFirst ? 0 : first.examples());
    double skipped = now.skipped() - (isFirst ? 0 : first.skipped());
    if (skipped > MOST_SKIPPED * examples) {
      parts.add(
          String.format(
              Locale.ROOT,
              "%,.0f of %,.0f examples skipped, see the dead letters for why",
              skipped,
              examples));
    }
  }

  private double value(String operator, String name) {
    return metrics.sum(operator, name).orElse(0);
  }
}
