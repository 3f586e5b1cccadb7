package io.freshet.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.freshet.cli.console.source.BestPossible;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.serve.http.ServedSample;
import io.freshet.serve.model.SampleModel;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page of a model of several tasks; skipped where no Chromium is installed. */
@Timeout(120)
class ConsoleTasksITCase {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void theTaskThatIsShownAndExplainedIsChosen() throws Exception {
    Optional<Path> chromium = Browser.executable();
    assumeTrue(chromium.isPresent(), "no Chromium here: install one, or name it in CHROMIUM");
    Path root = folder.resolve("root");
    SampleModel.ofTasks(root).full(ServedSample.VERSION, 0.25f, 0.125f, List.of(1L << 52));
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        ServedSample sample = new ServedSample(root)) {
      report(kafka);
      try (Console console = Console.start(settings(root, kafka, sample));
          Browser browser = new Browser(chromium.get(), folder.resolve("profile"))) {
        browser.resize(1280, 900);
        browser.open(console.address());
        browser.await(logloss() + ".includes('0.3')", PATIENCE);

        browser.evaluate(choose("task", "purchase"));
        browser.await(logloss() + ".includes('0.05')", PATIENCE);
        assertThat(browser.evaluate(text("#model")).asText()).isEqualTo("shop, purchase");
        browser.await("document.querySelector('#explained') !== null", PATIENCE);
        browser.evaluate(choose("explained", "purchase"));
        browser.await(text("#all-tasks") + "?.includes('purchase given click')", PATIENCE);
        float[] scores = sample.scoreTasks(Map.of());
        assertThat(browser.evaluate(text("#probability")).asText())
            .isEqualTo(String.format(Locale.ROOT, "%.4f", scores[1]));
        assertThat(browser.evaluate(text("#all-tasks")).asText())
            .startsWith(String.format(Locale.ROOT, "click %.4f, purchase", scores[0]));
        Path images = Path.of(System.getProperty("console.images", folder.toString()));
        browser.screenshot(images.resolve("console-tasks.png"), 0, 1280, 2400);
        assertThat(Files.size(images.resolve("console-tasks.png"))).isGreaterThan(10_000);
        browser.resize(320, 800);
        browser.await("window.innerWidth === 320", PATIENCE);
        assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
            .isLessThanOrEqualTo(320);
        assertThat(browser.errors()).isEmpty();
      }
    }
  }

  private static String choose(String select, String task) {
    return """
    document.querySelector('#%s').value = '%s';
    document.querySelector('#%s').dispatchEvent(new Event('change'));
    true
    """
        .formatted(select, task, select);
  }

  /** The key figures. */
  private static String logloss() {
    return text("#figures");
  }

  private static String text(String selector) {
    return "document.querySelector('" + selector + "')?.textContent";
  }

  private static void report(EmbeddedKafka kafka) throws Exception {
    kafka.topics().create("metrics", 1);
    try (var producer = kafka.clients().producer(Map.of())) {
      for (int minute = 0; minute < 20; minute++) {
        for (String task : List.of("click", "purchase")) {
          double logloss = (task.equals("click") ? 0.3 : 0.05) + 0.001 / (1 + minute);
          String report =
              """
              {"model": "shop", "series": "progressive", "task": "%s",
               "window": {"from": %s, "to": %s, "examples": 100, "positives": 10, "ctr": 0.1,
                          "logloss": %s, "auc": 0.7, "ne": 0.9, "calibration": 1},
               "since_start": {"examples": %s, "positives": 10, "ctr": 0.1}}
              """
                  .formatted(
                      task, minute * 60_000, (minute + 1) * 60_000, logloss, 100 * minute + 100);
          producer.send(new ProducerRecord<>("metrics", 0, null, report.getBytes(UTF_8))).get();
        }
      }
    }
  }

  private static ConsoleSettings settings(Path root, EmbeddedKafka kafka, ServedSample sample) {
    return new ConsoleSettings(
        ConsoleSettings.LOOPBACK,
        OptionalInt.of(0),
        new SnapshotStore(new LocalStorage(root)),
        Optional.of(kafka.clients()),
        "metrics",
        Optional.empty(),
        Optional.empty(),
        BestPossible.UNKNOWN,
        Optional.empty(),
        sample.uri("/"),
        ConsoleSettings.USUAL_COUNT_ROWS);
  }
}
