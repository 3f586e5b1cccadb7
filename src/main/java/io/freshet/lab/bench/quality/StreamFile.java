package io.freshet.lab.bench.quality;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Reads {@code streams.yaml}. */
public final class StreamFile {
  private static final String FILE = "streams.yaml";

  private StreamFile() {}

  private record Entry(
      @JsonProperty(value = "name", required = true) String name,
      Recorded recorded,
      PlantedData planted,
      SimulatedData simulated,
      List<String> fields,
      String transform,
      List<String> set,
      Bounds bounds,
      Map<Integer, Bounds> job) {

    Optional<StreamData> data(Optional<Path> directory) throws IOException {
      if (recorded == null) {
        return Optional.of(simulated == null ? planted : simulated);
      }
      Path folder = directory.map(d -> d.resolve(recorded.folder)).orElse(null);
      return folder != null && Files.isDirectory(folder)
          ? Optional.of(recorded.in(folder))
          : Optional.empty();
    }

    QualityStream stream(StreamData data) {
      Map<Integer, Bounds> all = new TreeMap<>(requireNonNullElse(job, Map.of()));
      all.put(QualityStream.LOCAL, requireNonNullElse(bounds, new Bounds()));
      return new QualityStream(
          name,
          data,
          requireNonNullElse(fields, List.of()),
          requireNonNullElse(transform, ""),
          requireNonNullElse(set, List.of()),
          all);
    }
  }

  private record Recorded(String folder, String mapping, List<String> without, int affinities) {
    StreamData in(Path directory) throws IOException {
      return RecordedData.of(
          directory, mapping, requireNonNullElse(without, List.of()), affinities);
    }
  }

  /**
   * Returns the streams, but for those whose folder is not there.
   *
   * @param data directory of the folders, where there is one
   * @param wanted tells by its name whether a stream is of interest
   * @param absent receives each stream that has no folder
   */
  public static List<QualityStream> read(
      Optional<Path> data, Predicate<String> wanted, Consumer<String> absent) throws IOException {
    List<QualityStream> streams = new ArrayList<>();
    for (Entry entry : entries()) {
      if (!wanted.test(entry.name)) {
        continue;
      }
      Optional<StreamData> rows = entry.data(data);
      if (rows.isPresent()) {
        streams.add(entry.stream(rows.get()));
      } else {
        absent.accept("%s: skipped, no folder %s".formatted(entry.name, entry.recorded.folder));
      }
    }
    return streams;
  }

  private static List<Entry> entries() throws IOException {
    try (InputStream in = StreamFile.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IOException("the jar lacks " + FILE);
      }
      return YAMLMapper.builder().build().readValue(in, new TypeReference<List<Entry>>() {});
    }
  }
}
