package io.freshet.lab.bench.snapshot;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.model.ModelSettings;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.ManifestTemplate;
import io.freshet.snapshot.format.RowBuffer;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.maintain.Compaction;
import io.freshet.snapshot.publish.CheckpointContents;
import io.freshet.snapshot.publish.Publication;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.store.ChainRows;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.snapshot.write.PartFile;
import io.freshet.snapshot.write.PublisherInput.Part;
import io.freshet.snapshot.write.SnapshotWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A full, deltas on it, their merge, and a start from it, by the classes of the job. */
final class FarStoreBench {
  private static final int FIELDS = 39;
  private static final int EMBEDDING_SIZE = 16;
  private static final int WIDTH = 1 + EMBEDDING_SIZE;
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          IntStream.rangeClosed(1, FIELDS)
              .<Field>mapToObj(number -> new CategoricalField("f" + number, number))
              .toList(),
          "f1");

  private final ManifestTemplate template =
      ManifestTemplate.of("far", SCHEMA, ModelSettings.deepFm(EMBEDDING_SIZE, List.of(64), 0, 1));
  private final WritableStorage storage;
  private final SnapshotStore store;
  private final Publication publication;
  private final int parts;
  private final SplittableRandom random;
  private final String lineage = Version.drawLineage();
  private int published;

  /**
   * @param parts of a version, as a job of so many shards writes
   */
  FarStoreBench(WritableStorage storage, int parts, long seed) {
    this.storage = storage;
    this.parts = parts;
    store = new SnapshotStore(storage);
    publication = Publication.of(storage, template);
    random = new SplittableRandom(seed);
  }

  /** Writes so many rows as the shards do; all of them if there are no more. */
  List<Part> stage(int rows, int of) throws IOException {
    List<Part> staged = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      RowBuffer buffer = new RowBuffer(WIDTH);
      for (int i = part; i < rows; i += parts) {
        buffer.add(row(rows == of ? i : random.nextInt(of / parts) * parts + part));
        if (buffer.size() == SnapshotWriter.DEFAULT_MAX_ROWS_HELD) {
          staged.add(PartFile.write(buffer, PartFile.newPath(), storage));
          buffer.clear();
        }
      }
      if (buffer.size() > 0) {
        staged.add(PartFile.write(buffer, PartFile.newPath(), storage));
      }
    }
    return staged;
  }

  private RowBlock row(int number) {
    float[] values = new float[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      values[i] = (float) random.nextDouble() - 0.5f;
    }
    long fid = Fids.of(1 + number % FIELDS, 2L + number / FIELDS);
    return new RowBlock(new long[] {fid}, new long[] {1}, values);
  }

  /** Publishes parts as the next version. */
  void publish(List<Part> staged) throws IOException {
    Optional<Version> parent =
        published == 0 ? Optional.empty() : Optional.of(new Version(lineage, published));
    published++;
    CheckpointContents.Dense dense =
        new CheckpointContents.Dense(
            new float[template.denseSize()], published, PublishedGauge.NONE);
    publication.publish(
        new Version(lineage, published),
        parent,
        new CheckpointContents(
            published, staged, Optional.of(dense), Map.of(), Map.of(), published));
  }

  Optional<Manifest> merge() throws IOException {
    return Compaction.of(storage).merge(new Version(lineage, published));
  }

  /** Reads what a job that starts from the newest version reads. */
  void start() throws Exception {
    ChainRows.read(new SnapshotReader(store), new Version(lineage, published), rows -> {});
  }

  /** Deletes all that was written. */
  void delete() throws IOException {
    List<String> folders = new ArrayList<>(List.of(PartFile.STAGING));
    store.versions().forEach(version -> folders.add(version.toString()));
    for (String folder : folders) {
      for (String name : storage.list(folder)) {
        storage.delete(folder + "/" + name);
      }
    }
    for (String name : storage.list("")) {
      if (name.endsWith(".json")) {
        storage.delete(name);
      }
    }
  }
}
