package io.freshet.lab.bench.serving;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * How long clicks take to show in served scores.
 *
 * @param whole from the click to the first score that reflects it
 * @param published until its version is published
 * @param pickedUp from then until the server answers with it
 */
record FreshnessFigure(
    Duration checkpointInterval, Latencies whole, Latencies published, Latencies pickedUp) {

  void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%d clicks, a checkpoint every %.1f s%n%-44s %9s %9s %9s%n",
        whole.size(),
        checkpointInterval.toMillis() / 1e3,
        "",
        "p50 ms",
        "p99 ms",
        "most ms");
    line(out, "from the click to a score that reflects it", whole);
    line(out, "  until its version was published", published);
    line(out, "  until the server had that version", pickedUp);
    out.flush();
  }

  private static void line(PrintWriter out, String what, Latencies p) {
    out.printf(
        Locale.ROOT,
        "%-44s %,9.0f %,9.0f %,9.0f%n",
        what,
        p.millis(50),
        p.millis(99),
        p.millis(100));
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("bench", "freshness");
    json.put("checkpoint_interval_ms", checkpointInterval.toMillis());
    json.put("clicks", whole.size());
    put(json, "", whole);
    put(json, "published_", published);
    put(json, "picked_up_", pickedUp);
    return json;
  }

  private static void put(ObjectNode json, String prefix, Latencies p) {
    json.put(prefix + "p50_ms", Math.round(p.millis(50)));
    json.put(prefix + "p99_ms", Math.round(p.millis(99)));
    json.put(prefix + "max_ms", Math.round(p.millis(100)));
  }
}
