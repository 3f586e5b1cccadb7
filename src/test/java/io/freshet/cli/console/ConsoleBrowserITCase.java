package io.freshet.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.lab.docs.CommandRun;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page of a real demo in a real browser, while the demo runs and after it; skipped where no
 * Chromium is installed.
 *
 * <p>With {@code -Dconsole.images=DIR} its pictures go there: those of the documentation are made
 * so.
 */
@Timeout(300)
@TestMethodOrder(OrderAnnotation.class)
class ConsoleBrowserITCase {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Pattern ADDRESS = Pattern.compile("console +(http://[0-9.:]+/)");
  private static final String EVENTS = System.getProperty("console.events", "60000");

  @TempDir static Path folder;
  private static Path images;
  private static Thread demo;
  private static StringWriter said;
  private static String address;
  private static Browser browser;

  @BeforeAll
  static void open() throws Exception {
    Optional<Path> chromium = Browser.executable();
    assumeTrue(
        chromium.isPresent(),
        "no Chromium here: install Debian's package chromium, or name one in CHROMIUM");
    images = Path.of(System.getProperty("console.images", folder.resolve("images").toString()));
    Files.createDirectories(images);
    said = new StringWriter();
    demo = new Thread(ConsoleBrowserITCase::runDemo, "demo");
    demo.start();
    address = awaitAddress();
    browser = new Browser(chromium.get(), folder.resolve("profile"));
    browser.resize(1280, 900);
    browser.prefer("light");
    browser.open(address);
  }

  private static void runDemo() {
    CommandRun.printingTo(
        said,
        "demo",
        "--events=" + EVENTS,
        "--console-port=0",
        "--keep-open",
        "--out=" + folder.resolve("out"),
        "--set=checkpoint.interval=2 s");
  }

  private static String awaitAddress() throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      Matcher matcher = ADDRESS.matcher(said.toString());
      if (matcher.find()) {
        return matcher.group(1);
      }
      Thread.sleep(50);
    }
    throw new AssertionError("the demo did not tell its console's address: " + said);
  }

  @AfterAll
  static void close() throws Exception {
    if (browser != null) {
      browser.close();
    }
    if (demo != null) {
      demo.interrupt();
      demo.join(PATIENCE.toMillis());
      assertThat(demo.isAlive()).as("the demo lives on: " + said).isFalse();
    }
  }

  @Test
  @Order(1)
  void curvesComeToAPageThatWasThereBeforeThem() throws Exception {
    browser.await(points("logloss") + " >= 1", PATIENCE);
    browser.await(points("logloss") + " >= 3", PATIENCE);
  }

  @Test
  @Order(2)
  void everyPartShowsTheRunOnceItHasEnded() throws Exception {
    browser.await(
        "document.querySelector('#figures').innerText.includes('" + all() + "')", PATIENCE);

    for (String chart : List.of("logloss", "auc", "ne", "calibration", "throughput", "lag")) {
      assertThat(browser.evaluate(points(chart)).asInt()).as(chart).isPositive();
    }
    assertThat(browser.evaluate("document.querySelectorAll('#logloss path.best').length").asInt())
        .isOne();
    browser.await(
        "document.querySelectorAll('#snapshots-table .badge.good').length === 1", PATIENCE);
    browser.await("document.querySelectorAll('#funnel table').length === 4", PATIENCE);
    browser.await(text("#rows-table") + ".includes('genres')", PATIENCE);
    assertThat(browser.evaluate("document.querySelector('#standstill').hidden").asBoolean())
        .as("clicks came as they should")
        .isTrue();
  }

  /** A number as the page writes it. */
  private static String all() {
    return String.format(Locale.ROOT, "%,d", Integer.parseInt(EVENTS));
  }

  @Test
  @Order(3)
  void theFormScoresAndTheContributionsAddUpToTheLogit() throws Exception {
    browser.await("document.querySelector('#probability') !== null", PATIENCE);
    browser.evaluate(
        """
        document.querySelector('#feature-user').value = 'u7';
        document.querySelector('#feature-genres').value = 'g1, g3';
        document.querySelector('#answer').replaceChildren();
        document.querySelector('#ask').click();
        """);
    browser.await("document.querySelector('#probability') !== null", PATIENCE);

    JsonNode values =
        browser.evaluate(
            "[...document.querySelectorAll('#contributions .total[data-value]')]"
                + ".map(cell => Number(cell.dataset.value))");
    List<Double> parts = new ArrayList<>();
    values.forEach(value -> parts.add(value.asDouble()));
    double logit = parts.remove(parts.size() - 1);
    assertThat(parts).hasSize(7); // without any field, and six fields
    assertThat(parts.stream().mapToDouble(part -> part).sum()).isCloseTo(logit, within(1e-3));
    double probability = browser.evaluate("Number(" + text("#probability") + ")").asDouble();
    double mixed =
        browser
            .evaluate(
                "[...document.querySelectorAll('#experts [data-weight]')]"
                    + ".reduce((p, e) => p + e.dataset.weight * e.dataset.probability, 0)")
            .asDouble();
    assertThat(probability).isCloseTo(mixed, within(1e-3));
  }

  @Test
  @Order(4)
  void aWrongValueIsRefusedByName() throws Exception {
    browser.evaluate(
        """
        document.querySelector('#feature-price').value = 'dear';
        document.querySelector('#ask').click();
        """);

    browser.await(text("#answer") + ".includes('features.price')", PATIENCE);
    browser.evaluate(
        "document.querySelector('#feature-price').value = '20';"
            + "document.querySelector('#ask').click();");
    browser.await("document.querySelector('#probability') !== null", PATIENCE);
  }

  @Test
  @Order(5)
  void everythingIsReachedByTheTabKeyInTheOrderInWhichItStands() throws Exception {
    browser.evaluate("document.activeElement.blur(); window.scrollTo(0, 0); true");
    List<String> focused = new ArrayList<>();
    for (int i = 0; i < 40 && !focused.contains("another"); i++) {
      browser.press("Tab");
      focused.add(
          browser
              .evaluate("document.activeElement.id || document.activeElement.hash || ''")
              .asText());
    }

    assertThat(focused)
        .containsSubsequence(
            "#main",
            "#quality",
            "#score",
            "logloss",
            "auc",
            "ne",
            "calibration",
            "throughput",
            "lag",
            "feature-user",
            "feature-price",
            "ask",
            "another");
  }

  @Test
  @Order(6)
  void arrowKeysReadTheCurves() throws Exception {
    browser.evaluate("document.querySelector('#auc').focus(); true");
    browser.press("ArrowLeft");

    assertThat(browser.evaluate(text("#auc .when")).asText()).endsWith(" UTC");
    assertThat(browser.evaluate("document.querySelector('#auc').ariaLabel").asText())
        .contains("line chart of", "learner 0.");
  }

  @Test
  @Order(7)
  void aNarrowScreenNeedsNoScrollingSideways() throws Exception {
    for (int width : new int[] {320, 360, 800, 1280}) {
      browser.resize(width, 800);
      browser.await("window.innerWidth === " + width, PATIENCE);

      assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
          .isLessThanOrEqualTo(width);
    }
  }

  @Test
  @Order(8)
  void aReloadShowsTheSameCurves() throws Exception {
    int before = browser.evaluate(points("logloss")).asInt();

    browser.open(address);

    browser.await(points("logloss") + " === " + before, PATIENCE);
  }

  @Test
  @Order(9)
  void pollingDrawsNothingAgainWhereNothingHasChanged() throws Exception {
    browser.evaluate("window.kept = document.querySelector('#logloss path'); true");
    int requests = browser.requests().size();
    while (browser.requests().stream().skip(requests).filter(r -> r.endsWith("status")).count()
        < 2) {
      Thread.sleep(100);
    }

    assertThat(
            browser.evaluate("window.kept === document.querySelector('#logloss path')").asBoolean())
        .isTrue();
  }

  @Test
  @Order(10)
  void picturesForTheDocumentation() throws Exception {
    browser.await("document.querySelector('#probability') !== null", PATIENCE);
    browser.resize(1080, 900);
    browser.await("document.querySelector('#lag svg').clientWidth > 450", PATIENCE);
    browser.screenshot(images.resolve("console.png"), 0, 1080, 940);
    int score =
        browser
            .evaluate("document.querySelector('#score').getBoundingClientRect().top + scrollY")
            .asInt();
    browser.screenshot(images.resolve("console-score.png"), score - 12, 1080, 560);
    browser.prefer("dark");
    browser.resize(360, 740);
    browser.await("document.querySelector('#lag svg').clientWidth < 360", PATIENCE);
    browser.screenshot(images.resolve("console-narrow.png"), 0, 360, 1000);

    for (String name : List.of("console", "console-score", "console-narrow")) {
      assertThat(Files.size(images.resolve(name + ".png"))).as(name).isBetween(10_000L, 120_000L);
    }
  }

  @Test
  @Order(11)
  void nothingIsAskedOfOthersAndNothingGoesWrong() {
    assertThat(browser.requests()).isNotEmpty().allMatch(request -> request.startsWith(address));
    assertThat(browser.errors()).filteredOn(error -> !error.contains("data/explain")).isEmpty();
  }

  @Test
  @Order(12)
  void aConsoleThatIsGoneIsTold() throws Exception {
    demo.interrupt();
    demo.join(PATIENCE.toMillis());

    browser.await(text("#lost") + ".includes('Connection to the console lost')", PATIENCE);
    assertThat(browser.evaluate(points("logloss")).asInt()).isGreaterThan(2);
  }

  private static String text(String selector) {
    return "document.querySelector('" + selector + "').textContent";
  }

  /** The points of a chart's first curve. */
  private static String points(String chart) {
    return ("((document.querySelector('#%s path.learner') || {getAttribute: () => ''})"
            + ".getAttribute('d').match(/[ML]/g) || []).length")
        .formatted(chart);
  }
}
