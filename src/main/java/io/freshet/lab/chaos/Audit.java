package io.freshet.lab.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.config.LearnerConfig;
import io.freshet.feature.Fids;
import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.TopicReader;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Compares what a finished run left, in Kafka and among the snapshots, with the oracle.
 *
 * <p>Topics are written at least once: of records with one key, the newest metric counts and one
 * dead letter. A snapshot from the middle of the run contains at most the impressions before its
 * offsets and at least those whose window has ended by its event time; its rows, its dense part and
 * its figures must agree.
 */
final class Audit {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final LearnerConfig config;
  private final SnapshotStore store;
  private final Expected expected;
  private final List<Difference> lines = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();

  private Audit(LearnerConfig config) throws IOException, InterruptedException {
    this.config = config;
    store = new SnapshotStore(LocalStorage.at(config.snapshot().root()));
    var names = config.kafka().topics();
    expected = Expected.of(config, read(names.impressions()), read(names.clicks()));
  }

  /** What an audit found; the remarks describe the first differences. */
  record Findings(long examples, List<Difference> lines, List<String> remarks) {
    Findings {
      lines = List.copyOf(lines);
      remarks = List.copyOf(remarks);
    }

    long differences() {
      return lines.stream().mapToLong(Difference::differences).sum();
    }
  }

  static Findings of(LearnerConfig config) throws IOException, InterruptedException {
    Audit audit = new Audit(config);
    audit.metrics();
    audit.letters();
    audit.lastModel();
    audit.everyVersion();
    return new Findings(audit.expected.examples(), audit.lines, audit.remarks);
  }

  /** Progressive validation: each example is in one window, whose newest report counts. */
  private void metrics() throws IOException, InterruptedException {
    Map<String, JsonNode> windows = new HashMap<>();
    for (var record : read(config.kafka().topics().metrics())) {
      windows.put(key(record), JSON.readTree(record.value()).get("window"));
    }
    long examples = windows.values().stream().mapToLong(w -> w.get("examples").asLong()).sum();
    double positives =
        windows.values().stream().mapToDouble(w -> w.get("positives").asDouble()).sum();
    line("examples in metrics windows", expected.examples(), examples);
    line("positives in metrics windows", expected.positives(), Math.round(positives));
  }

  private void letters() throws IOException, InterruptedException {
    var names = config.kafka().topics();
    sets("dead letters", expected.deadLetters(), keys(names.deadLetters()));
    sets("late clicks", expected.lateClicks(), keys(names.lateClicks()));
  }

  private List<ConsumerRecord<byte[], byte[]>> read(String topic)
      throws IOException, InterruptedException {
    KafkaClients kafka = config.kafka().clients().within(PATIENCE);
    try (TopicReader reader = new TopicReader(kafka, topic)) {
      return reader.readToEnd();
    }
  }

  private Set<String> keys(String topic) throws IOException, InterruptedException {
    return read(topic).stream().map(Audit::key).collect(Collectors.toSet());
  }

  private static String key(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.key(), StandardCharsets.UTF_8);
  }

  private void sets(String what, Set<String> wanted, Set<String> found) {
    Set<String> missing = new HashSet<>(wanted);
    missing.removeAll(found);
    Set<String> surplus = new HashSet<>(found);
    surplus.removeAll(wanted);
    lines.add(new Difference(what, wanted.size(), found.size(), missing.size() + surplus.size()));
    missing.stream().limit(3).forEach(key -> remarks.add(what + ": " + key + " is missing"));
    surplus.stream().limit(3).forEach(key -> remarks.add(what + ": " + key + " is too many"));
  }

  /**
   * The last snapshot: every feature of every impression, exactly once; with eviction or admission
   * each at most once, and the figures account for all of them.
   */
  private void lastModel() throws IOException {
    Snapshot model = new SnapshotReader(store).load(store.latest().orElseThrow());
    Map<String, Double> figures = model.manifest().metrics();
    line("examples in the last snapshot", expected.examples(), count(figures, "examples"));
    line("positives in the last snapshot", expected.positives(), count(figures, "positives"));
    line("examples of its deep part", expected.examples(), model.manifest().dense().examples());
    Expected.Occurrences wanted = expected.occurrences();
    line("updates in all", wanted.total(), model.totalOccurrences());
    Map<Long, Long> byFid = wanted.asMap();
    long wrong = 0;
    for (Map.Entry<Long, Long> feature : byFid.entrySet()) {
      long updates = updates(model, feature.getKey());
      if (areAllInRows(model) ? updates != feature.getValue() : updates > feature.getValue()) {
        wrong++;
        remark("feature %d has %d updates, not %d", feature.getKey(), updates, feature.getValue());
      }
    }
    long surplus =
        Arrays.stream(model.fids()).filter(f -> !Fids.isKnot(f) && wanted.of(f) == 0).count();
    long knots = Arrays.stream(model.fids()).filter(Fids::isKnot).count();
    lines.add(
        new Difference(
            "features, by their updates",
            byFid.size(),
            model.size() - knots + knotted(byFid),
            wrong + surplus));
  }

  private static long knotted(Map<Long, Long> byFid) {
    return byFid.keySet().stream().filter(Fids::isKnot).count();
  }

  /** Of a feature, or of all knots of a field together. */
  private static long updates(Snapshot model, long fid) {
    return Fids.isKnot(fid)
        ? LongStream.range(0, 8).map(k -> model.updates(Fids.knot(Fids.field(fid), (int) k))).sum()
        : model.updates(fid);
  }

  private static boolean areAllInRows(Snapshot model) {
    return model.totalUpdates() == model.totalOccurrences();
  }

  private void everyVersion() throws IOException {
    SnapshotReader reader = new SnapshotReader(store);
    List<Version> versions = store.versions();
    long sound = 0;
    for (Version version : versions) {
      List<String> problems = new ArrayList<>(reader.verify(version).problems());
      if (problems.isEmpty()) {
        problems.addAll(cut(reader.load(version)));
      }
      sound += problems.isEmpty() ? 1 : 0;
      problems.forEach(problem -> remark("version %s: %s", version, problem));
    }
    line("snapshots that are a sound cut", versions.size(), sound);
  }

  /** Signs that a version is not a consistent cut. */
  private List<String> cut(Snapshot model) {
    List<String> problems = new ArrayList<>();
    Manifest manifest = model.manifest();
    long examples = count(manifest.metrics(), "examples");
    long occurrences = count(manifest.metrics(), "occurrences");
    if (model.totalOccurrences() != occurrences) {
      problems.add(
          "rows and table_ figures account for %s updates, its metrics for %s occurrences"
              .formatted(model.totalOccurrences(), occurrences));
    }
    if (manifest.dense().examples() != examples) {
      problems.add(
          "its deep part has learned %s examples, its metrics %s"
              .formatted(manifest.dense().examples(), examples));
    }
    if (areAllInRows(model)) {
      manifest.eventTime().ifPresent(time -> decided(model, time, problems));
    }
    Expected.Occurrences most = expected.occurrencesBefore(manifest.offsets());
    for (long each : model.fids()) {
      long fid = Fids.isKnot(each) ? Fids.knot(Fids.field(each), 0) : each;
      if (updates(model, fid) > most.of(fid)) {
        problems.add(
            "feature %s has %s updates, of %s impressions before its offsets"
                .formatted(fid, updates(model, fid), most.of(fid)));
      }
    }
    return problems;
  }

  private void decided(Snapshot model, Instant eventTime, List<String> problems) {
    Map<Long, Long> least =
        expected.occurrencesDecided(model.manifest().offsets(), eventTime).asMap();
    for (Map.Entry<Long, Long> feature : least.entrySet()) {
      long updates = updates(model, feature.getKey());
      if (updates < feature.getValue()) {
        problems.add(
            "feature %s has %s updates, of %s impressions decided by its event time"
                .formatted(feature.getKey(), updates, feature.getValue()));
      }
    }
  }

  private static long count(Map<String, Double> figures, String name) {
    return Math.round(figures.getOrDefault(name, 0.0));
  }

  private void line(String what, long wanted, long found) {
    lines.add(Difference.between(what, wanted, found));
  }

  private void remark(String text, Object... values) {
    if (remarks.size() < 50) {
      remarks.add(String.format(Locale.ROOT, text, values));
    }
  }
}
