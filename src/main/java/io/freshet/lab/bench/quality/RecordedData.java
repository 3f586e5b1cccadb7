package io.freshet.lab.bench.quality;

import io.freshet.lab.replay.Replay;
import io.freshet.lab.replay.mapping.Feature;
import io.freshet.lab.replay.mapping.MappingFile;
import io.freshet.lab.replay.mapping.ReplayMapping;
import io.freshet.lab.replay.mapping.ReplayMapping.Order;
import io.freshet.lab.replay.mapping.ReplayRow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A recorded stream: the files of a folder, and the mapping that reads them. */
final class RecordedData implements StreamData {
  private static final String USER = "user";

  private final Path folder;
  private final ReplayMapping mapping;

  RecordedData(Path folder, ReplayMapping mapping) {
    this.folder = folder;
    this.mapping = mapping;
  }

  /**
   * The files of a folder.
   *
   * @param name of a mapping in the jar
   * @param without features of the mapping that are left out
   * @param affinities of a visitor to the items 0, 1, …: so many features more
   */
  static RecordedData of(Path folder, String name, List<String> without, int affinities)
      throws IOException {
    ReplayMapping m = MappingFile.ready(name);
    Map<String, Feature> features = new LinkedHashMap<>(m.features());
    features.keySet().removeAll(without);
    for (int i = 0; i < affinities; i++) {
      features.put("affinity_" + i, affinity(i));
    }
    return new RecordedData(
        folder,
        new ReplayMapping(
            m.input(),
            m.lookups(),
            m.time(),
            m.id(),
            m.label(),
            m.key(),
            features,
            m.order(),
            m.timeline(),
            m.clickDelay()));
  }

  private static Feature affinity(int item) {
    return new Feature(
        Optional.of("user-item_affinity_" + item),
        Optional.empty(),
        Optional.empty(),
        Feature.Kind.NUMBER,
        "|",
        Optional.empty());
  }

  @Override
  public Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    mapping.features().forEach((name, feature) -> fields.put(name, kind(feature.kind())));
    return fields;
  }

  private static String kind(Feature.Kind kind) {
    return switch (kind) {
      case STRING -> "categorical";
      case NUMBER -> "numeric";
      case LIST -> "multi";
    };
  }

  @Override
  public String userField() {
    return mapping.key().orElse(USER);
  }

  @Override
  public Iterator<ReplayRow> rows() throws IOException {
    List<ReplayRow> rows = new ArrayList<>();
    new Replay(mapping, folder, Instant.now(), true)
        .rows(
            (id, time, clicked, features) ->
                rows.add(new ReplayRow(id, time, clicked, Optional.empty(), features)));
    if (mapping.order() == Order.TIME) {
      rows.sort(Comparator.comparingLong(ReplayRow::time)); // stable
    }
    return rows.iterator();
  }
}
