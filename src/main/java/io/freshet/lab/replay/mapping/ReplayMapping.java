package io.freshet.lab.replay.mapping;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.freshet.lab.replay.mapping.Lookups.Lookup;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How the rows of a file become impressions and clicks; {@code schemas/replay.schema.json}
 * describes its YAML.
 *
 * @param lookups files that add columns to the rows
 * @param id columns that identify a row; its line where there are none
 * @param key feature that decides the partition; any partition where there is none
 * @param order whether rows are sorted by time first
 * @param timeline how times of rows become event times
 * @param clickDelay from an impression to its click
 */
public record ReplayMapping(
    TableFile input,
    List<Lookup> lookups,
    RowTime time,
    List<String> id,
    Label label,
    Optional<String> key,
    Map<String, Feature> features,
    Order order,
    Timeline timeline,
    Span clickDelay) {

  public enum Order {
    FILE,
    TIME
  }

  public ReplayMapping {
    lookups = List.copyOf(lookups);
    id = List.copyOf(id);
    features = Collections.unmodifiableMap(new LinkedHashMap<>(features));
    check(!features.isEmpty(), "features", "are none");
    for (String name : key.stream().toList()) {
      check(features.containsKey(name), "key", "'" + name + "' is not one of the features");
    }
    check(
        time.column().isPresent() || !timeline.keeps(),
        "timeline",
        "is missing, and the rows have no times to keep; expected first or last");
  }

  @JsonCreator
  static ReplayMapping of(
      @JsonProperty(value = "input", required = true) TableFile input,
      @JsonProperty("lookups") List<Lookup> lookups,
      @JsonProperty(value = "time", required = true) RowTime time,
      @JsonProperty("id") List<String> id,
      @JsonProperty(value = "label", required = true) Label label,
      @JsonProperty("key") String key,
      @JsonProperty(value = "features", required = true) LinkedHashMap<String, Feature> features,
      @JsonProperty("order") Order order,
      @JsonProperty("timeline") Timeline timeline,
      @JsonProperty("click-delay") Span clickDelay) {
    return new ReplayMapping(
        requireNonNull(input, "input is empty"),
        requireNonNullElse(lookups, List.of()),
        requireNonNull(time, "time is empty"),
        requireNonNullElse(id, List.of()),
        requireNonNull(label, "label is empty"),
        Optional.ofNullable(key),
        requireNonNull(features, "features is empty"),
        requireNonNullElse(order, Order.FILE),
        requireNonNullElse(timeline, Timeline.KEEP),
        requireNonNullElse(clickDelay, Span.ZERO));
  }

  public Set<String> columns() {
    Set<String> columns = new TreeSet<>(id);
    time.column().ifPresent(columns::add);
    columns.add(label.column());
    features.values().forEach(feature -> columns.addAll(feature.columns()));
    lookups.forEach(lookup -> columns.add(lookup.on()));
    return columns;
  }

  /** Refuses the value of a key in a mapping. */
  static void check(boolean good, String key, String text) {
    if (!good) {
      throw new IllegalArgumentException(key + " " + text);
    }
  }
}
