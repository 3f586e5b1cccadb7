package io.freshet.interop.torch;

import io.freshet.config.LearnerConfig;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.interop.torch.ImportMapping.FieldTensors;
import io.freshet.model.batch.LongIndex;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.format.DataFile.EmbeddingFile;
import io.freshet.snapshot.format.DenseFileWriter;
import io.freshet.snapshot.format.Labels;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.ManifestTemplate;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.store.Pointer;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes a model that was trained elsewhere as a full version, which is served like any other and
 * which a learner goes on from.
 *
 * <p>It is of the learner's own shape: fields that the mapping does not name have rows of zeros,
 * and weights from them into the network that change no prediction, like a field that comes to a
 * model late. A version holds weights without optimizer slots; a learner that starts from one
 * begins each row's slots as it begins those of a new row.
 */
public final class ModelImport {
  private final LearnerConfig config;
  private final ImportMapping mapping;
  private final Path folder;
  private final InstantSource clock;

  /**
   * A version that was written.
   *
   * @param current whether it is the root's current one
   * @param unused tensors of the file that the mapping does not name
   */
  public record Imported(Manifest manifest, boolean current, Set<String> unused) {}

  /**
   * An import for a learner.
   *
   * @param folder that file names in the mapping are relative to
   */
  public ModelImport(
      LearnerConfig config, ImportMapping mapping, Path folder, InstantSource clock) {
    this.config = config;
    this.mapping = mapping;
    this.folder = folder;
    this.clock = clock;
  }

  /**
   * Writes the tensors of a file as a version; it becomes the current one where there is none.
   *
   * @throws IOException where file, mapping and learner do not fit; the root is as before then
   */
  public Imported write(Path tensors, WritableStorage root) throws IOException {
    try (TensorFile file = TensorFile.open(tensors)) {
      List<Field> fields = fields();
      List<ImportedTable> tables = new ArrayList<>();
      for (int i = 0; i < fields.size(); i++) {
        FieldTensors from = mapping.fields().get(i);
        tables.add(ImportedTable.of(file, from, fields.get(i), config.model(), folder));
      }
      long rows = 1 + countDistinct(tables, fields);
      FeatureSchema schema = config.features();
      float[] network = ImportedNetwork.read(file, mapping, fields, schema, config.model());
      PublishedGauge gauge =
          ImportedGauge.of(
              schema,
              mapping,
              config.model().kind(),
              config.train().learning().safeguards(),
              Math.log(mapping.baseRate() / (1 - mapping.baseRate())) - correction());
      float bias = bias(file, gauge);
      Manifest manifest = writeVersion(root, tables, rows, bias, network, gauge);
      Set<String> unused = new TreeSet<>(file.names());
      unused.removeAll(named());
      return new Imported(manifest, pointTo(manifest, root), unused);
    }
  }

  private List<Field> fields() throws IOException {
    List<Field> fields = new ArrayList<>();
    for (FieldTensors from : mapping.fields()) {
      Field field =
          config
              .features()
              .field(from.name())
              .orElseThrow(
                  () ->
                      new IOException(
                          "field %s: the learner has no such field; expected one of %s"
                              .formatted(
                                  from.name(),
                                  config.features().fields().stream().map(Field::name).toList())));
      if (fields.contains(field)) {
        throw new IOException("field " + from.name() + ": named twice; expected once");
      }
      fields.add(field);
    }
    return fields;
  }

  private static long countDistinct(List<ImportedTable> tables, List<Field> fields)
      throws IOException {
    LongIndex seen = new LongIndex(16);
    for (int i = 0; i < tables.size(); i++) {
      for (long fid : tables.get(i).fids()) {
        int before = seen.size();
        if (seen.add(fid) < before) {
          throw new IOException(
              "field %s: two rows of the table are of one value, of id %s"
                  .formatted(fields.get(i).name(), Long.toUnsignedString(fid)));
        }
      }
    }
    return seen.size();
  }

  /** What is added to the logit of this learner's models. */
  private double correction() throws IOException {
    return switch (template().labels().correction()) {
      case Labels.NONE -> 0;
      case Labels.LOG_ODDS -> Math.log(template().samplingRate());
      default ->
          throw new IOException(
              "the learner's labels are corrected by %s, which no logit of another model fits;"
                      .formatted(template().labels().correction())
                  + " expected another join.policy");
    };
  }

  /** The weight of the bias, less what the gauge and the correction of the labels add. */
  private float bias(TensorFile file, PublishedGauge gauge) throws IOException {
    double bias = 0;
    if (mapping.bias().isPresent()) {
      bias = file.read(mapping.bias().get(), List.of(List.of(1L), List.of()))[0];
    }
    return (float) (bias - gauge.offset() - correction());
  }

  private ManifestTemplate template() {
    Set<Integer> others = new HashSet<>();
    config.features().fields().forEach(field -> others.add(field.number()));
    for (FieldTensors from : mapping.fields()) {
      config.features().field(from.name()).ifPresent(field -> others.remove(field.number()));
    }
    return ManifestTemplate.of(config.name(), config.features(), config.model())
        .withLabels(config.join().definition().toText(), config.join().labels())
        .withZeroFields(config.train().learning().table().zeroFields())
        .withZeroFields(others);
  }

  private Manifest writeVersion(
      WritableStorage root,
      List<ImportedTable> tables,
      long rows,
      float bias,
      float[] network,
      PublishedGauge gauge)
      throws IOException {
    ManifestTemplate template = template();
    Version version = new Version(Version.drawLineage(), 0);
    int width = 1 + config.model().embeddingSize();
    ImportedRows files = new ImportedRows(root, version, width, rows);
    float[] row = new float[width];
    row[0] = bias;
    files.take(new RowBlock(new long[] {Fids.BIAS}, new long[1], row));
    for (ImportedTable table : tables) {
      table.read(files);
    }
    List<EmbeddingFile> embeddings = files.finish();
    Manifest manifest =
        new Manifest(
            template.name(),
            Manifest.Kind.FULL,
            version,
            Optional.empty(),
            Optional.of(mapping.trainedTo().orElseGet(clock::instant)),
            clock.instant(),
            template.model(),
            template.schema(),
            template.unknownIds(),
            DenseFileWriter.write(root, version, template, network, gauge, 0),
            embeddings,
            List.of(),
            Map.of(),
            Map.of(),
            template.samplingRate(),
            template.labels(),
            List.of(),
            List.of(),
            Optional.empty());
    root.replace(SnapshotStore.path(version, Manifest.FILE), manifest.toJson());
    return manifest;
  }

  private boolean pointTo(Manifest manifest, WritableStorage root) throws IOException {
    SnapshotStore store = new SnapshotStore(root);
    if (store.latest().isEmpty()) {
      new Pointer(root, clock).published(manifest);
    }
    return store.latest().equals(Optional.of(manifest.version()));
  }

  private Set<String> named() {
    Set<String> named = ImportedNetwork.named(mapping);
    mapping.bias().ifPresent(named::add);
    for (FieldTensors from : mapping.fields()) {
      from.embedding().ifPresent(named::add);
      from.firstOrder().ifPresent(named::add);
    }
    return named;
  }
}
