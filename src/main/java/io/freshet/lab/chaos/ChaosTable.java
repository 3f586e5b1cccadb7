package io.freshet.lab.chaos;

import io.freshet.lab.chaos.fault.Fault.Kind;
import io.freshet.lab.chaos.fault.Fault.Moment;
import io.freshet.lab.chaos.fault.InjectedFault;
import io.freshet.lab.chaos.fault.Recovery;
import io.freshet.lab.chaos.fault.Recovery.Outage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The outcomes of runs as Markdown: faults, times of recovery, differences. */
final class ChaosTable {
  private final List<ChaosOutcome> runs;

  ChaosTable(List<ChaosOutcome> runs) {
    this.runs = List.copyOf(runs);
  }

  @Override
  public String toString() {
    return strikes() + "\n" + recoveries() + "\n" + totals();
  }

  /** Kinds by moments; a moment counts only if it was certainly met. */
  private String strikes() {
    List<Moment> moments = List.of(Moment.values());
    StringBuilder text = new StringBuilder("| |");
    moments.forEach(m -> text.append(m == Moment.ANY ? " any time |" : " %s |".formatted(m)));
    text.append(" in all |\n|---|").append("--:|".repeat(moments.size() + 1)).append('\n');
    for (Kind kind : Kind.values()) {
      text.append("| ").append(kind).append(" |");
      for (Moment moment : moments) {
        long count = struck().filter(s -> s.kind() == kind && s.moment() == moment).count();
        text.append(count == 0 ? " |" : " %s |".formatted(count));
      }
      text.append(" %s |%n".formatted(struck().filter(s -> s.kind() == kind).count()));
    }
    return text.toString();
  }

  private String recoveries() {
    StringBuilder text =
        new StringBuilder("| kill to learning again | times | min | median | max |\n");
    text.append("|---|--:|--:|--:|--:|\n");
    for (Outage outage : Outage.values()) {
      long[] millis =
          runs.stream()
              .flatMap(run -> run.recoveries().stream())
              .filter(recovery -> recovery.from() == outage)
              .map(Recovery::time)
              .mapToLong(Duration::toMillis)
              .sorted()
              .toArray();
      if (millis.length > 0) {
        text.append(
            String.format(
                Locale.ROOT,
                "| %s | %d | %.1f s | %.1f s | %.1f s |%n",
                outage,
                millis.length,
                millis[0] / 1e3,
                millis[millis.length / 2] / 1e3,
                millis[millis.length - 1] / 1e3));
      }
    }
    return text.append('\n').append(settings()).toString();
  }

  /** The settings that matter for recovery, of the first run. */
  private String settings() {
    return runs.get(0).settings().entrySet().stream()
        .map(setting -> setting.getKey() + " " + setting.getValue())
        .collect(Collectors.joining(", ", "Ruled by ", ".\n"));
  }

  private String totals() {
    long missed = struck().filter(s -> s.wanted() != s.moment()).count();
    return String.format(
            Locale.ROOT,
            "%d runs (%s), %,d records, %,d examples, %,d checkpoints, %d kills (%d of them waited"
                + " for",
            runs.size(),
            backends(),
            sum(ChaosOutcome::records),
            sum(run -> run.findings().examples()),
            sum(ChaosOutcome::checkpoints),
            sum(ChaosOutcome::kills),
            missed)
        + " a moment that did not come): %s differences%n"
            .formatted(sum(run -> run.findings().differences()));
  }

  private String backends() {
    return runs.stream()
        .collect(Collectors.groupingBy(ChaosOutcome::backend, Collectors.counting()))
        .entrySet()
        .stream()
        .map(entry -> entry.getValue() + " " + entry.getKey())
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private long sum(ToLongFunction<ChaosOutcome> figure) {
    return runs.stream().mapToLong(figure).sum();
  }

  private Stream<InjectedFault> struck() {
    return runs.stream().flatMap(run -> run.strikes().stream());
  }
}
