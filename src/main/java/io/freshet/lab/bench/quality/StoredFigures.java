package io.freshet.lab.bench.quality;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The figures of the last release, in {@code figures.csv}, and how far they vary by chance. */
final class StoredFigures {
  private static final String FILE = "figures.csv";
  private static final CsvMapper CSV = new CsvMapper();
  private static final CsvSchema COLUMNS = CSV.schemaFor(Stored.class);

  private final Map<String, Stored> byName;

  /**
   * Figures of a stream and a learner.
   *
   * @param noise by how much the logloss may differ by chance
   */
  @JsonPropertyOrder({"name", "auc", "logloss", "rel", "noise"})
  record Stored(String name, double auc, double logloss, double rel, double noise) {
    private static final double LEAST_NOISE = 5e-4;
    private static final double DEVIATIONS = 3;

    /**
     * Of runs that differ by nothing but chance: the first, and how far all deviate from their
     * mean.
     */
    static Stored of(String name, List<QualityFigures> runs) {
      QualityFigures first = runs.get(0);
      double mean = runs.stream().mapToDouble(QualityFigures::logloss).average().orElseThrow();
      double squares = runs.stream().mapToDouble(run -> Math.pow(run.logloss() - mean, 2)).sum();
      double noise = DEVIATIONS * Math.sqrt(squares / Math.max(1, runs.size() - 1));
      return new Stored(
          name,
          rounded(first.auc()),
          rounded(first.logloss()),
          rounded(first.rel()),
          rounded(Math.max(LEAST_NOISE, noise)));
    }

    private static double rounded(double figure) {
      return Double.isNaN(figure) ? figure : Math.round(1e5 * figure) / 1e5;
    }

    /** What to say of a figure that got worse; empty if it did not. */
    Optional<String> worse(QualityFigures now) {
      return now.logloss() <= logloss + noise
          ? Optional.empty()
          : Optional.of(
              String.format(
                  Locale.ROOT, "logloss %.4f, was %.4f ± %.4f", now.logloss(), logloss, noise));
    }
  }

  private StoredFigures(Map<String, Stored> byName) {
    this.byName = byName;
  }

  /** The figures of the last release. */
  static StoredFigures read() throws IOException {
    try (InputStream in = StoredFigures.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IOException("the jar lacks " + FILE);
      }
      return read(in);
    }
  }

  static StoredFigures read(InputStream in) throws IOException {
    Map<String, Stored> byName = new LinkedHashMap<>();
    CSV.readerFor(Stored.class)
        .with(COLUMNS.withHeader())
        .<Stored>readValues(in)
        .forEachRemaining(stored -> byName.put(stored.name(), stored));
    return new StoredFigures(byName);
  }

  Optional<Stored> of(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  static void write(Path file, Collection<Stored> figures) throws IOException {
    CSV.writer(COLUMNS.withHeader()).writeValues(file.toFile()).writeAll(figures).close();
  }
}
