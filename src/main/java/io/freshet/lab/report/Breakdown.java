package io.freshet.lab.report;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.evaluate.report.Decile;
import io.freshet.evaluate.report.GroupedAuc;
import io.freshet.evaluate.report.Metrics;
import io.freshet.evaluate.report.Slice;
import io.freshet.evaluate.report.Spread;
import io.freshet.evaluate.report.UsersSeen;
import io.freshet.lab.report.plot.Numbers;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The details of a run's figures: users, deciles of the predictions, slices since the start. */
public record Breakdown(Spread spread, UsersSeen users, Map<Slice, Metrics> slices) {
  public static final Breakdown NONE = new Breakdown(Spread.NONE, UsersSeen.NONE, Map.of());

  public Breakdown {
    requireNonNull(spread, "spread");
    requireNonNull(users, "users");
    slices = Collections.unmodifiableMap(new LinkedHashMap<>(slices));
  }

  public void addTo(ObjectNode summary) {
    GroupedAuc gauc = spread.gauc();
    Summary.put(summary, "gauc", gauc.auc());
    summary.put("gauc_users", gauc.users());
    Summary.put(summary, "gauc_left_out_users", gauc.leftOutUsers());
    Summary.put(summary, "gauc_left_out", gauc.leftOut());
    Summary.put(summary, "gauc_sampled", gauc.sampled());
    Summary.put(summary, "users_per_64", users.per64());
    Summary.put(summary, "users_per_512", users.per512());
    Summary.put(summary, "calibration_error", spread.calibrationError());
    addDeciles(spread.deciles(), summary);
    addSlices(slices, summary);
  }

  public static void addDeciles(List<Decile> deciles, ObjectNode json) {
    ArrayNode all = json.putArray("deciles");
    for (Decile decile : deciles) {
      ObjectNode one = all.addObject().put("weight", decile.weight());
      Summary.put(one, "prediction", decile.prediction());
      Summary.put(one, "rate", decile.rate());
    }
  }

  public static void addSlices(Map<Slice, Metrics> slices, ObjectNode json) {
    ArrayNode all = json.putArray("slices");
    slices.forEach(
        (slice, of) ->
            Summary.put(
                all.addObject().put("field", slice.field()).put("value", slice.value()), of));
  }

  public String toText() {
    return Summary.line("GAUC", Numbers.decimal(spread.gauc().auc(), 4) + leftOut())
        + Summary.line(
            "users",
            "%s distinct in 64 examples, %s in 512"
                .formatted(Numbers.decimal(users.per64(), 1), Numbers.decimal(users.per512(), 1)));
  }

  /** Which users the mean leaves out. */
  String leftOut() {
    return "  (users with one class left out: %s, %s of the examples)"
        .formatted(
            Numbers.percent(spread.gauc().leftOutUsers()),
            Numbers.percent(spread.gauc().leftOut()));
  }
}
