package io.freshet.lab.replay.mapping;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Applies a mapping to rows. */
public final class RowMapper {
  private final ReplayMapping mapping;
  private final String file; // without its ending
  private long good; // rows so far

  public RowMapper(ReplayMapping mapping) {
    this.mapping = requireNonNull(mapping, "mapping");
    file = mapping.input().file().replaceFirst("\\.[^.]*$", "");
  }

  public ReplayRow map(Row row) throws BadRowException {
    long time = mapping.time().of(row, good);
    Map<String, Object> features = new LinkedHashMap<>();
    for (Map.Entry<String, Feature> feature : mapping.features().entrySet()) {
      Optional<Object> value = feature.getValue().value(row, time);
      value.ifPresent(v -> features.put(feature.getKey(), v));
    }
    boolean clicked = mapping.label().clicked(row);
    good++;
    Optional<String> key = mapping.key().map(features::get).map(Object::toString);
    return new ReplayRow(id(row), time, clicked, key, features);
  }

  private String id(Row row) {
    return mapping.id().isEmpty()
        ? file + "-" + row.line()
        : mapping.id().stream()
            .map(column -> row.cell(column).orElse(""))
            .collect(Collectors.joining("-"));
  }
}
