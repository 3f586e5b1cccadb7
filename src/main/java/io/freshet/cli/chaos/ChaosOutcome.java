package io.freshet.cli.chaos;

import io.freshet.cli.chaos.Strike.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a run came to.
 *
 * @param records that Kafka accepted
 * @param strikes that were done
 * @param recoveries from a kill to learning again, in the order of their ends
 */
record ChaosOutcome(
    long seed,
    long records,
    List<Kind> strikes,
    List<Duration> recoveries,
    Audit.Findings findings) {

  ChaosOutcome {
    strikes = List.copyOf(strikes);
    recoveries = List.copyOf(recoveries);
  }

  boolean isExact() {
    return findings.differences() == 0;
  }

  /** For people. */
  String toText() {
    StringBuilder text = new StringBuilder();
    text.append("%-34s%14s%14s%14s%n".formatted("", "expected", "found", "differences"));
    for (Difference line : findings.lines()) {
      text.append(
          "%-34s%,14d%,14d%,14d%n"
              .formatted(line.what(), line.expected(), line.found(), line.differences()));
    }
    findings.remarks().forEach(remark -> text.append("  ").append(remark).append('\n'));
    return text.append('\n').append(summary()).append('\n').toString();
  }

  /** One line, as a row of a table of many runs. */
  String summary() {
    return "seed %d | %,d records | %s | recovery %s | %d differences"
        .formatted(seed, records, kinds(), recovery(), findings.differences());
  }

  private String kinds() {
    Map<Kind, Long> counts =
        strikes.stream()
            .collect(Collectors.groupingBy(kind -> kind, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .map(e -> e.getValue() + " " + e.getKey())
        .collect(Collectors.joining(", "));
  }

  private String recovery() {
    if (recoveries.isEmpty()) {
      return "-";
    }
    List<Duration> sorted = new ArrayList<>(recoveries);
    Collections.sort(sorted);
    return "%.1f s median, %.1f s longest of %d"
        .formatted(
            sorted.get(sorted.size() / 2).toMillis() / 1e3,
            sorted.get(sorted.size() - 1).toMillis() / 1e3,
            sorted.size());
  }
}
