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
import java.util.Optional;
import java.util.function.Consumer;

/** Reads {@code streams.yaml}. */
final class StreamFile {
  private static final String FILE = "streams.yaml";

  private StreamFile() {}

  private record Entry(
      @JsonProperty(value = "name", required = true) String name,
      Recorded recorded,
      PlantedData planted,
      String transform,
      List<String> set,
      Bounds bounds) {

    QualityStream stream(StreamData data) {
      return new QualityStream(
          name,
          data,
          requireNonNullElse(transform, ""),
          requireNonNullElse(set, List.of()),
          requireNonNullElse(bounds, new Bounds()));
    }
  }

  private record Recorded(String folder, String mapping, List<String> without, int affinities) {}

  /**
   * Returns the streams, but for those whose folder is not there.
   *
   * @param data directory of the folders, where there is one
   * @param absent is told the name and the folder of each stream that is left out
   */
  static List<QualityStream> read(Optional<Path> data, Consumer<String> absent) throws IOException {
    List<QualityStream> streams = new ArrayList<>();
    for (Entry entry : entries()) {
      if (entry.recorded == null) {
        streams.add(entry.stream(entry.planted));
        continue;
      }
      Recorded recorded = entry.recorded;
      Optional<Path> folder = data.map(d -> d.resolve(recorded.folder)).filter(Files::isDirectory);
      if (folder.isEmpty()) {
        absent.accept("%s: skipped, no folder %s".formatted(entry.name, recorded.folder));
        continue;
      }
      List<String> without = requireNonNullElse(recorded.without, List.of());
      streams.add(
          entry.stream(
              RecordedData.of(folder.get(), recorded.mapping, without, recorded.affinities)));
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
