package io.freshet.lab.simulate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.Progress;
import io.freshet.lab.simulate.Oracle.Best;
import io.freshet.lab.simulate.SimulatorSettings.Disorder;
import io.freshet.lab.simulate.SimulatorSettings.Truth;
import io.freshet.lab.stream.Feed;
import io.freshet.lab.stream.KafkaEvents;
import io.freshet.lab.stream.KafkaOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes a simulated ad stream to Kafka, and says what a learner of it can reach at best. */
@Command(
    name = "simulate",
    showDefaultValues = true,
    description = "Writes a simulated ad stream with a known truth to Kafka.",
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar simulate --bootstrap-servers localhost:9092 --partitions 4 \\",
      "      --impressions 300000"
    })
public final class SimulateCommand implements Callable<Integer> {
  private static final long ENDLESS = Long.MAX_VALUE;

  @Spec private CommandSpec spec;
  @Mixin private KafkaOptions kafka;

  @Option(
      names = "--impressions",
      paramLabel = "N",
      showDefaultValue = Visibility.NEVER,
      description = "How many impressions (default: 300000; with --live no end).")
  private Long impressions;

  @Option(
      names = "--per-second",
      paramLabel = "N",
      description = "Impressions in a second of event time.")
  private double perSecond = 4;

  @Option(
      names = "--start",
      paramLabel = "TIME",
      showDefaultValue = Visibility.NEVER,
      description =
          "Event time of the first, as 2026-01-31T12:00:00Z (default: so that the last is now).")
  private Instant start;

  @Option(
      names = "--live",
      description = "Begin now, and send each record at its own time: traffic as it is.")
  private boolean live;

  @Option(names = "--seed", paramLabel = "N", description = "Another seed, another stream.")
  private long seed = 42;

  @Option(names = "--users", paramLabel = "N", description = "Users, more than 64.")
  private int users = Truth.DEFAULT.users();

  @Option(names = "--items", paramLabel = "N", description = "Items.")
  private int items = Truth.DEFAULT.items();

  @Option(
      names = "--skew",
      paramLabel = "X",
      description = "Zipf exponent of users and items, 0..1.")
  private double skew = Truth.DEFAULT.skew();

  @Option(names = "--click-rate", paramLabel = "X", description = "Share of impressions clicked.")
  private double clickRate = Truth.DEFAULT.clickRate();

  @Option(
      names = "--interaction",
      paramLabel = "X",
      description = "Weight of what only the pair of user and item decides.")
  private double interaction = Truth.DEFAULT.interaction();

  @Option(
      names = "--drift",
      paramLabel = "X",
      description = "How far tastes turn in a day of event time; 1 brings them round.")
  private double drift = Truth.DEFAULT.drift();

  @Option(
      names = "--click-delay",
      paramLabel = "TIME",
      description = "Mean delay of clicks, as PT1M.")
  private Duration clickDelay = Disorder.DEFAULT.clickDelay();

  @Option(
      names = "--window",
      paramLabel = "TIME",
      description = "The learner's join window, as PT30M.")
  private Duration window = Disorder.DEFAULT.window();

  @Option(
      names = "--late-clicks",
      paramLabel = "X",
      description = "Share of clicks that come after the window.")
  private double lateClicks = Disorder.DEFAULT.lateClicks();

  @Option(
      names = "--out-of-order",
      paramLabel = "X",
      description = "Share of records that come after younger ones.")
  private double outOfOrder = Disorder.DEFAULT.outOfOrder();

  @Option(
      names = "--out-of-orderness",
      paramLabel = "TIME",
      description = "By how much at most, as PT10S.")
  private Duration outOfOrderness = Disorder.DEFAULT.outOfOrderness();

  @Option(
      names = "--duplicates",
      paramLabel = "X",
      description = "Share of records that come twice.")
  private double duplicates = Disorder.DEFAULT.duplicates();

  @Option(
      names = "--malformed",
      paramLabel = "X",
      description = "Bad records, as a share of the impressions.")
  private double malformed = Disorder.DEFAULT.malformed();

  @Option(names = "--json", description = "Print one JSON object instead of lines.")
  private boolean json;

  private long impressions() {
    return impressions != null ? impressions : live ? ENDLESS : 300_000;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (live && start != null) {
      throw new ParameterException(
          spec.commandLine(), "--live begins now; leave out --start, or --live");
    }
    SimulatorSettings settings = settings();
    AdStream stream = new AdStream(settings, new Oracle(Duration.ofHours(1)));
    double rate = kafka.rate();
    try (KafkaEvents events = kafka.open();
        Progress progress =
            Progress.of(
                spec.commandLine().getErr(),
                "records",
                impressions() == ENDLESS
                    ? OptionalLong.empty()
                    : OptionalLong.of(settings.expectedRecords()))) {
      (live ? Feed.live(events, rate) : new Feed(events, rate)).run(stream, progress::at);
      report(stream);
      return 0;
    } catch (IOException e) {
      spec.commandLine().getErr().println("simulate: " + e.getMessage());
      return 1;
    }
  }

  private SimulatorSettings settings() {
    try {
      Truth truth = new Truth(users, items, skew, clickRate, interaction, drift);
      Disorder disorder =
          new Disorder(
              clickDelay, window, lateClicks, outOfOrder, outOfOrderness, duplicates, malformed);
      return new SimulatorSettings(seed, first(), impressions(), perSecond, truth, disorder);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private Instant first() {
    if (live) {
      return Instant.now();
    }
    return start == null ? Instant.now().minus(length()) : start;
  }

  /** From the first impression to the latest click: brokers refuse what lies in the future. */
  private Duration length() {
    Duration latestClick = window.plusMinutes(1).plus(clickDelay.multipliedBy(20));
    return Duration.ofMillis((long) (impressions() / perSecond * 1000)).plus(latestClick);
  }

  private void report(AdStream stream) {
    StreamCounts counts = stream.counts();
    Best best = stream.oracle().best();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(json(counts, best));
    } else {
      out.printf(
          Locale.ROOT,
          "%,d impressions, %,d clicks, %,d late clicks, %,d duplicates, %,d malformed.%n"
              + "Best reachable: logloss %.4f, AUC %.4f.%n",
          counts.impressions(),
          counts.clicks(),
          counts.lateClicks(),
          counts.duplicates(),
          counts.malformed(),
          best.logloss(),
          best.auc());
    }
    out.flush();
  }

  private static ObjectNode json(StreamCounts counts, Best best) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("impressions", counts.impressions()).put("clicks", counts.clicks());
    json.put("late_clicks", counts.lateClicks()).put("duplicates", counts.duplicates());
    json.put("malformed", counts.malformed());
    return json.put("best_logloss", best.logloss()).put("best_auc", best.auc());
  }
}
