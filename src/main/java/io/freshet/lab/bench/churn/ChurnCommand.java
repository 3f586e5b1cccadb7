package io.freshet.lab.bench.churn;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.lab.bench.measure.Benchmark;
import io.freshet.lab.bench.measure.ScratchDirectory;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The table under a stream whose ids churn. */
@Command(
    name = "churn",
    description = {
      "Measures the table day by day on a stream whose ids churn.",
      "",
      "It reports rows, state, snapshots and quality, with ten million new ids a"
          + " simulated day, divided by --scale: as it is, with rows that expire after three"
          + " days unseen, and with items and cookies that also have to be seen twice to get"
          + " a row."
    },
    footer = {"", "Example:", "  java -jar freshet.jar bench churn --scale 2000 --days 10"})
public final class ChurnCommand extends Benchmark {
  private static final int NEW_IDS = 10_000_000;
  private static final double EXAMPLES_A_NEW_ID = 1.5;
  private static final double MEGA = 1e6;

  @Option(
      names = "--scale",
      description = "By what the traffic is divided (default: ${DEFAULT-VALUE}).")
  private int scale = 1000;

  @Option(names = "--days", description = "Simulated days (default: ${DEFAULT-VALUE}).")
  private int days = 30;

  @Option(names = "--seed", description = "Seed of the stream (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Override
  public Integer call() throws Exception {
    if (scale < 1 || scale > 100_000) {
      throw wrong("--scale must be from 1 to 100000");
    }
    if (days < 1 || days > 1000) {
      throw wrong("--days must be from 1 to 1000");
    }
    int newIds = NEW_IDS / scale;
    ChurnStream stream = new ChurnStream(newIds, (int) (EXAMPLES_A_NEW_ID * newIds), seed);
    Map<String, List<ChurnDay>> runs = new LinkedHashMap<>();
    for (Map.Entry<String, String> rules : rules().entrySet()) {
      runs.put(rules.getKey(), run(stream, rules.getValue()));
    }
    if (asJson()) {
      printJson(runs);
    } else {
      print(stream, runs);
    }
    return 0;
  }

  private static Map<String, String> rules() {
    String earned = "{kind: count, after: 2}";
    Map<String, String> rules = new LinkedHashMap<>();
    rules.put("all rows stay", "{}");
    rules.put("expiry", "{expiry: 3 d}");
    rules.put(
        "expiry and admission",
        "{expiry: 3 d, fields: [{name: item, admission: %s}, {name: cookie, admission: %s}]}"
            .formatted(earned, earned));
    return rules;
  }

  private List<ChurnDay> run(ChurnStream stream, String rules) throws Exception {
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      return new ChurnRun(stream, days, rules, scratch.path()).run();
    }
  }

  private void print(ChurnStream stream, Map<String, List<ChurnDay>> runs) {
    PrintWriter out = out();
    out.printf(
        Locale.ROOT,
        "scale 1:%d: %,d new ids and %,d examples a day%n",
        scale,
        stream.newIds(),
        stream.examples());
    out.printf("%-5s", "");
    runs.keySet().forEach(name -> out.printf(" | %-40s", name));
    out.printf("%n%-5s", "day");
    runs.keySet()
        .forEach(
            name -> out.printf(" | %9s %8s %11s %9s", "rows", "state MB", "snapshot MB", "AUC"));
    out.println();
    int most = runs.values().stream().mapToInt(List::size).max().orElse(0);
    for (int day = 1; day <= most; day++) {
      out.printf("%-5s", day);
      for (List<ChurnDay> run : runs.values()) {
        print(out, day, run);
      }
      out.println();
    }
    out.flush();
  }

  private static void print(PrintWriter out, int day, List<ChurnDay> run) {
    List<ChurnDay> of = new ArrayList<>(run);
    of.removeIf(d -> d.day() != day);
    if (of.isEmpty()) {
      out.printf(" | %-40s", "");
      return;
    }
    ChurnDay d = of.get(0);
    out.printf(
        Locale.ROOT,
        " | %,9d %8.1f %11.1f %9.4f",
        d.rows(),
        d.stateBytes() / MEGA,
        d.snapshotBytes() / MEGA,
        d.auc());
  }

  private void printJson(Map<String, List<ChurnDay>> runs) {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    all.put("bench", "churn").put("scale", scale);
    ArrayNode figures = all.putArray("figures");
    runs.forEach((name, run) -> run.forEach(day -> figures.add(day.json(name))));
    out().println(all);
    out().flush();
  }
}
