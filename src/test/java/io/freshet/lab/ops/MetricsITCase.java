package io.freshet.lab.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.freshet.lab.ops.PromQuery.LabelMatch;
import io.freshet.lab.ops.PromQuery.Selector;
import io.freshet.lab.ops.Scrape.Sample;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The metrics of a real run, as Prometheus gets them: against each other, against the page that
 * lists them, and against the dashboards and alerts that query them.
 */
@Timeout(300)
final class MetricsITCase {
  /** What Prometheus adds to each sample. */
  private static final Set<String> ADDED = Set.of("instance", "job");

  /** A restored count may be right before these are there. */
  private static final List<String> LAST_TO_START =
      List.of(
          "flink_taskmanager_job_task_operator_snapshot_lost",
          "flink_taskmanager_job_task_operator_KafkaSourceReader_KafkaConsumer_records_lag_max");

  /** What Prometheus notes of each scrape. */
  private static final String PROMETHEUS_OWN = "up";

  /** Only there once something went wrong, or not in a run as short as this. */
  private static final Map<String, String> ABSENT_HERE = Map.of("code", "5..|429");

  @TempDir private static Path folder;

  private static long impressions;
  private static long clicks;
  private static Scrape learner;
  private static Scrape server;
  private static final Map<String, List<Double>> answers = new TreeMap<>();
  private static final List<String> sickRules = new ArrayList<>();

  @BeforeAll
  static void run() throws Exception {
    Optional<Prometheus> prometheus = Prometheus.start(folder.resolve("prometheus"));
    try (SmallRun run = new SmallRun(folder)) {
      impressions = run.records("impressions");
      clicks = run.records("clicks");
      run.start(2);
      run.await(now -> now.operator("SnapshotPublisher", "snapshot_versions") > 0);
      run.cancel();
      run.start(1);
      learner =
          run.await(
              now ->
                  wrong(now).isEmpty()
                      && table(now, "field_expired") > 0
                      && LAST_TO_START.stream()
                          .noneMatch(metric -> now.of(metric, Map.of()).isEmpty()));
      server =
          run.serve(
              port -> {
                if (prometheus.isPresent()) {
                  prometheus.get().scrape(run.port(), port);
                  ask(prometheus.get());
                }
              });
      run.cancel();
    } finally {
      prometheus.ifPresent(Prometheus::close);
    }
  }

  private static void ask(Prometheus prometheus) throws Exception {
    for (var query : Queries.all().entrySet()) {
      if (!query.getKey().startsWith("alert ")) {
        // what is a share of nothing, as the stream has ended, is NaN: that is an answer too
        answers.put(query.getKey(), prometheus.values(query.getValue().replace("$job", ".+")));
      }
    }
    sickRules.addAll(prometheus.sickRules());
  }

  @Test
  void everyPanelShowsDataWherePrometheusItselfIsAsked() {
    assumeThat(Prometheus.program("prometheus"))
        .as("Prometheus is not installed (apt-get install prometheus): its part is skipped")
        .isPresent();

    List<String> empty =
        answers.keySet().stream().filter(place -> answers.get(place).isEmpty()).toList();

    assertThat(empty).isEmpty();
    assertThat(sickRules).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"rules, docker/prometheus/alerts.yml", "config, docker/prometheus/prometheus.yml"})
  void promtoolFindsNothingAmiss(String kind, Path shipped) throws Exception {
    assumeThat(Prometheus.program("promtool"))
        .as("promtool is not installed (apt-get install prometheus): its part is skipped")
        .isPresent();
    Path file = folder.resolve(shipped.getFileName());
    String mounted = "/etc/prometheus/alerts.yml";
    String here = Queries.ALERTS.toAbsolutePath().toString();
    Files.writeString(file, Files.readString(shipped).replace(mounted, here));

    Process promtool =
        new ProcessBuilder(
                Prometheus.program("promtool").orElseThrow().toString(),
                "check",
                kind,
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(promtool.waitFor()).as(said).isZero();
  }

  @Test
  void theCountsAddUpAfterARestartFromACheckpointAtAnotherParallelism() {
    assertThat(wrong(learner)).isEmpty();
    assertThat(learner.operator("Trainer", "examples")).isPositive();
    assertThat(learner.operator("HistoryFill", "filled_examples")).isPositive();
    assertThat(learner.operator("HistoryFill", "added_actions"))
        .isEqualTo(join(learner, "joined_clicks"));
    assertThat(learner.operator("LabelJoin", "duplicate_impressions")).isPositive();
    assertThat(learner.operator("LabelJoin", "late_clicks")).isPositive();
    assertThat(learner.operator("route_impressions", "dead_letters")).isPositive();
  }

  /** The equations of the page that do not hold. */
  private static List<String> wrong(Scrape now) {
    List<String> wrong = new ArrayList<>();
    for (String topic : List.of("route_impressions", "route_clicks")) {
      equal(
          "records of " + topic,
          topic.equals("route_clicks") ? clicks : impressions,
          now.operator(topic, "events")
              + now.operator(topic, "dead_letters")
              + now.operator(topic, "tombstones"),
          wrong);
      equal(
          "dead letters by kind of " + topic,
          now.operator(topic, "dead_letters"),
          now.operator(topic, "kind_dead_letters"),
          wrong);
    }
    equal(
        "impressions joined",
        now.operator("route_impressions", "events"),
        join(now, "impressions"),
        wrong);
    equal("clicks joined", now.operator("route_clicks", "events"), join(now, "clicks"), wrong);
    equal(
        "impressions",
        join(now, "impressions"),
        join(
            now,
            "positives",
            "negatives",
            "duplicate_impressions",
            "late_impressions",
            "waiting_impressions"),
        wrong);
    equal(
        "clicks",
        join(now, "clicks"),
        join(
            now,
            "joined_clicks",
            "duplicate_clicks",
            "late_clicks",
            "orphan_clicks",
            "ignored_clicks",
            "waiting_clicks"),
        wrong);
    equal(
        "examples",
        join(now, "examples"),
        join(now, "positives", "negatives", "corrections") - join(now, "negatives_sampled_out"),
        wrong);
    equal(
        "examples on their way",
        join(now, "examples"),
        join(now, "sent_examples", "lost_examples", "waiting_examples"),
        wrong);
    double learned = now.operator("Trainer", "examples");
    equal(
        "examples to be filled",
        join(now, "sent_examples"),
        now.operator("HistoryFill", "taken_examples"),
        wrong);
    equal("examples learned", now.operator("HistoryFill", "passed_examples"), learned, wrong);
    equal(
        "examples judged",
        learned - join(now, "corrections"),
        now.operator("ProgressiveValidation", "evaluate_examples")
            + now.operator("ProgressiveValidation", "evaluate_invalid"),
        wrong);
    equal(
        "updates",
        now.operator("ProgressiveValidation", "evaluate_occurrences"),
        table(now, "updates", "field_not_admitted"),
        wrong);
    equal(
        "rows",
        table(now, "field_rows"),
        table(now, "field_admitted") - table(now, "field_expired", "field_evicted"),
        wrong);
    return wrong;
  }

  private static double table(Scrape now, String... metrics) {
    double sum = 0;
    for (String metric : metrics) {
      sum += now.operator("EmbeddingShard", metric);
    }
    return sum;
  }

  @Test
  void theTableTellsOfEachField() {
    String rows = "flink_taskmanager_job_task_operator_field_rows";
    assertThat(learner.of(rows, Map.of()))
        .extracting(sample -> sample.labels().get("field"))
        .containsExactlyInAnyOrder("others", "user", "item", "genres", "price", "recent");
    assertThat(learner.of(rows, Map.of("field", "user"))).allMatch(sample -> sample.value() > 0);
    assertThat(table(learner, "field_expired"))
        .as("of %s admitted", table(learner, "field_admitted"))
        .isPositive();
    assertThat(table(learner, "field_not_admitted")).isPositive();
  }

  private static double join(Scrape now, String... metrics) {
    double sum = 0;
    for (String metric : metrics) {
      sum += now.operator("LabelJoin", metric);
    }
    return sum;
  }

  private static void equal(String what, double one, double other, List<String> wrong) {
    if (one != other) { // nor if one is absent
      wrong.add("%s: %s is not %s".formatted(what, one, other));
    }
  }

  @Test
  void thePageListsWhatTheLearnerRegistersAndNothingElse() throws Exception {
    assertThat(MetricsPage.read().learner())
        .containsExactlyInAnyOrderEntriesOf(OurMetrics.registered());
    assertThat(names(learner)).containsAll(MetricsPage.read().learner().keySet());
  }

  @Test
  void thePageListsWhatServingTellsAndNothingElse() throws Exception {
    Map<String, Set<String>> exposed =
        server.samples().stream()
            .filter(sample -> sample.name().matches("(freshet|jvm|process)_.*"))
            .collect(
                Collectors.toMap(
                    sample -> sample.name().replaceFirst("_(bucket|sum|count)$", ""),
                    sample -> new TreeSet<>(sample.labels().keySet()),
                    (one, other) -> {
                      Set<String> both = new TreeSet<>(one);
                      both.addAll(other);
                      return both;
                    }));

    assertThat(exposed).containsExactlyInAnyOrderEntriesOf(MetricsPage.read().serving());
  }

  @Test
  void everyMetricOfDashboardsAndAlertsExistsWithItsLabels() throws Exception {
    Scrape all = learner.and(server);
    List<String> wrong = new ArrayList<>();
    Map<String, String> queries = Queries.all();
    queries.forEach((place, query) -> check(PromQuery.parse(query), all, place, wrong));

    assertThat(wrong).isEmpty();
    assertThat(queries).hasSizeGreaterThan(100);
  }

  private static void check(PromQuery query, Scrape all, String place, List<String> wrong) {
    Set<String> labels = new TreeSet<>(ADDED);
    for (Selector selector : query.selectors()) {
      if (selector.metric().equals(PROMETHEUS_OWN)) {
        continue;
      }
      List<Sample> samples = all.of(selector.metric(), Map.of());
      samples.forEach(sample -> labels.addAll(sample.labels().keySet()));
      if (samples.isEmpty()) {
        wrong.add(place + ": no metric " + selector.metric());
      } else if (samples.stream().noneMatch(sample -> isMeant(sample, selector))) {
        wrong.add(place + ": nothing has the labels of " + selector);
      }
    }
    for (String label : query.groupings()) {
      if (!labels.contains(label)) {
        wrong.add(place + ": no label " + label);
      }
    }
    if (query.selectors().isEmpty()) {
      wrong.add(place + ": asks for nothing");
    }
  }

  private static boolean isMeant(Sample sample, Selector selector) {
    for (LabelMatch match : selector.matches()) {
      String actual = sample.labels().get(match.label());
      boolean absentHere = match.value().equals(ABSENT_HERE.get(match.label()));
      if (actual == null || !match.isVariable() && !absentHere && !match.accepts(actual)) {
        return false;
      }
    }
    return true;
  }

  private static Set<String> names(Scrape scrape) {
    return scrape.samples().stream().map(Sample::name).collect(Collectors.toSet());
  }
}
