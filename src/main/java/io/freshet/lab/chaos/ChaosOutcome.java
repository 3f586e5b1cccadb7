package io.freshet.lab.chaos;

import static java.util.Objects.requireNonNull;

import io.freshet.lab.chaos.fault.InjectedFault;
import io.freshet.lab.chaos.fault.Recovery;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The outcome of a run.
 *
 * @param records that Kafka accepted
 * @param checkpoints completed, savepoints included
 * @param settings that matter for recovery, of Flink and of the learner
 * @param recoveries from a kill to learning again, in the order of their ends
 */
record ChaosOutcome(
    long seed,
    String backend,
    long records,
    long checkpoints,
    SortedMap<String, String> settings,
    List<InjectedFault> strikes,
    List<Recovery> recoveries,
    Audit.Findings findings) {

  ChaosOutcome {
    requireNonNull(backend, "backend");
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    strikes = List.copyOf(strikes);
    recoveries = List.copyOf(recoveries);
    requireNonNull(findings, "findings");
  }

  boolean isExact() {
    return findings.differences() == 0;
  }

  long kills() {
    return strikes.stream().filter(struck -> struck.kind().endsProcess()).count();
  }

  String toText() {
    StringBuilder text = new StringBuilder();
    text.append("%-34s%14s%14s%14s%n".formatted("", "expected", "found", "differences"));
    for (Difference line : findings.lines()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-34s%,14d%,14d%,14d%n",
              line.what(),
              line.expected(),
              line.found(),
              line.differences()));
    }
    findings.remarks().forEach(remark -> text.append("  ").append(remark).append('\n'));
    return text.toString();
  }

  String summary() {
    return String.format(
        Locale.ROOT,
        "seed %d: %s, %,d records, %,d examples, %d checkpoints, %d kills, %d others: %d"
            + " differences",
        seed,
        backend,
        records,
        findings.examples(),
        checkpoints,
        kills(),
        strikes.size() - kills(),
        findings.differences());
  }
}
