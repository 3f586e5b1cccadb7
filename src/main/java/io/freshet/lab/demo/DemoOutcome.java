package io.freshet.lab.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.config.LearnerConfig;
import io.freshet.evaluate.report.Metrics;
import io.freshet.lab.report.ReportData;
import io.freshet.lab.report.ReportData.Curves;
import io.freshet.lab.report.ReportData.Funnel;
import io.freshet.lab.report.ReportData.PublishedSnapshot;
import io.freshet.lab.report.ReportPage;
import io.freshet.lab.report.Summary;
import io.freshet.lab.report.plot.Point;
import io.freshet.lab.simulate.Oracle;
import io.freshet.lab.simulate.Oracle.Best;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.train.LoopFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** The outcome of a run, from what a user of the system can see: topics, metrics and snapshots. */
record DemoOutcome(Summary summary, Comparison comparison, ReportData report, LoopFigures loop) {

  static DemoOutcome of(
      LearnerConfig config,
      DemoStream stream,
      DemoProgress progress,
      MetricsTopic metrics,
      RunningJob job,
      Optional<LocalRun> local,
      Path snapshots)
      throws IOException, InterruptedException {
    var topics = config.kafka().topics();
    long events = job.records(topics.impressions()) + job.records(topics.clicks());
    long deadLetters = job.records(topics.deadLetters());
    long lateClicks = job.records(topics.lateClicks());
    SnapshotStore store = new SnapshotStore(new LocalStorage(snapshots));
    List<PublishedSnapshot> published = published(store);
    Metrics all = metrics.sinceStart();
    Optional<Best> best = stream.oracle().map(Oracle::best);
    Summary summary =
        new Summary(
            events,
            all.examples(),
            progress.seconds(),
            all.logloss(),
            best.map(b -> OptionalDouble.of(b.logloss())).orElse(OptionalDouble.empty()),
            all.auc(),
            best.map(b -> OptionalDouble.of(b.auc())).orElse(OptionalDouble.empty()),
            all.ne(),
            all.calibration(),
            deadLetters,
            lateClicks,
            published.size(),
            metrics.occurrences(),
            updates(store));
    long positives = Math.round(all.positives());
    Funnel funnel =
        new Funnel(
            job.records(topics.impressions()),
            job.records(topics.clicks()),
            positives,
            all.examples() - positives,
            0,
            lateClicks,
            deadLetters);
    return new DemoOutcome(
        summary,
        comparison(metrics.windows(), stream.oracle(), local.map(run -> run.learn(config))),
        new ReportData(
            stream.title(),
            Instant.now(),
            config.evaluate().window(),
            summary,
            curves(whole(metrics.windows()), stream.oracle(), progress),
            funnel,
            published,
            settings(config),
            metrics.breakdown()),
        job.loop());
  }

  void write(Path out) throws IOException {
    ObjectNode json = summary.toJson();
    report.breakdown().addTo(json);
    comparison.addTo(json);
    Files.writeString(out.resolve("summary.json"), json.toPrettyString() + "\n");
    Files.writeString(out.resolve("report.html"), ReportPage.html(report));
  }

  /** Of several windows the last is cut short, so the one before is the final one. */
  private static Comparison comparison(
      List<Metrics> windows, Optional<Oracle> oracle, Optional<Metrics> local) {
    Metrics last = windows.isEmpty() ? Metrics.NONE : windows.get(Math.max(0, windows.size() - 2));
    return new Comparison(last, oracle.map(o -> o.best(last.from(), last.to())), local);
  }

  /** The windows that the stream's beginning and end did not cut short. */
  private static List<Metrics> whole(List<Metrics> windows) {
    long[] sizes = windows.stream().mapToLong(Metrics::examples).sorted().toArray();
    long least = sizes.length == 0 ? 0 : sizes[sizes.length / 2] / 2;
    return windows.stream()
        .filter(window -> windows.size() < 3 || window.examples() >= least)
        .toList();
  }

  private static Curves curves(
      List<Metrics> windows, Optional<Oracle> oracle, DemoProgress progress) {
    return new Curves(
        Point.curve(windows, Metrics::logloss),
        best(windows, oracle, Best::logloss),
        Point.curve(windows, Metrics::auc),
        best(windows, oracle, Best::auc),
        Point.curve(windows, Metrics::calibration),
        progress.throughput());
  }

  private static List<Point> best(
      List<Metrics> windows, Optional<Oracle> oracle, ToDoubleFunction<Best> figure) {
    List<Point> points = new ArrayList<>();
    for (Metrics window : oracle.isPresent() ? windows : List.<Metrics>of()) {
      oracle
          .get()
          .best(window.from(), window.to(), window.examples())
          .map(best -> new Point(window.from(), figure.applyAsDouble(best), best.examples()))
          .ifPresent(points::add);
    }
    return points;
  }

  private static List<PublishedSnapshot> published(SnapshotStore store) throws IOException {
    List<PublishedSnapshot> published = new ArrayList<>();
    for (Version version : store.versions()) {
      Manifest manifest = store.manifest(version);
      published.add(
          new PublishedSnapshot(
              version.toString(),
              manifest.kind().name().toLowerCase(Locale.ROOT),
              manifest.rows(),
              manifest.bytes(),
              manifest.created()));
    }
    return published;
  }

  /** The occurrences in the last snapshot, even a withheld one. */
  private static long updates(SnapshotStore store) throws IOException {
    Optional<Version> newest = store.versions().stream().max(Comparator.naturalOrder());
    if (newest.isEmpty()) {
      return 0;
    }
    Snapshot model = new SnapshotReader(store).load(newest.get());
    return model.totalOccurrences();
  }

  private static Map<String, String> settings(LearnerConfig config) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("parallelism", String.valueOf(config.parallelism()));
    settings.put("join", config.join().toString());
    settings.put("model", config.model().toString());
    settings.put("train", config.train().toString());
    settings.put("checkpoint", config.checkpoint().toString());
    return settings;
  }
}
