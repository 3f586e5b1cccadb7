package io.freshet.snapshot.store;

import io.freshet.feature.FeatureSchema;
import io.freshet.model.ModelSettings;
import io.freshet.snapshot.GateSettings;
import io.freshet.snapshot.format.DigestOutput;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.ManifestTemplate;
import io.freshet.snapshot.format.SafetensorsOutput;
import io.freshet.snapshot.format.Tensor;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.CheckpointContents;
import io.freshet.snapshot.publish.Gate;
import io.freshet.snapshot.publish.Publication;
import io.freshet.snapshot.publish.PublicationQueue;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.write.PartFile;
import io.freshet.snapshot.write.PublisherInput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.IntStream;

/** Publishes versions of any content, without a job. */
public final class SampleChain {
  private final LocalStorage storage;
  private final Publication publication;
  private final int width;

  public SampleChain(Path root, FeatureSchema schema, ModelSettings settings) {
    storage = new LocalStorage(root);
    ManifestTemplate template = ManifestTemplate.of("sample", schema, settings);
    publication =
        new Publication(storage, template, new Gate(GateSettings.DEFAULT), InstantSource.system());
    width = 1 + settings.embeddingSize();
  }

  /**
   * Publishes a version, and points to it.
   *
   * @param parent absent for a full
   * @param rows finished rows by id
   * @param removed ascending
   * @param dense the finished values of the deep part
   */
  public void publish(
      Version version,
      Optional<Version> parent,
      SortedMap<Long, float[]> rows,
      long[] removed,
      float[] dense)
      throws IOException {
    CheckpointContents cut =
        new CheckpointContents(
            version.checkpoint(),
            List.of(part(rows, removed)),
            Optional.of(new CheckpointContents.Dense(dense, 1)),
            Map.of(),
            Map.of(),
            1_767_225_600_000L); // 2026-01-01
    Manifest manifest =
        publication.publish(new PublicationQueue.Due(version, parent, cut.parts(), cut));
    if (manifest.isWithheld()) {
      new Pointer(storage, InstantSource.system()).rollBack(version, "a test's", true);
    }
  }

  /** Makes a version that is there the current one. */
  public void pointTo(Version version) throws IOException {
    publication.pointTo(new SnapshotStore(storage).manifest(version));
  }

  private PublisherInput.Part part(SortedMap<Long, float[]> rows, long[] removed)
      throws IOException {
    String path = PartFile.newPath();
    DigestOutput digest;
    try (OutputStream out = storage.create(path)) {
      digest = new DigestOutput(out);
      SafetensorsOutput file =
          new SafetensorsOutput(
              digest,
              List.of(
                  Tensor.longs("fids", rows.size()),
                  Tensor.longs("updates", rows.size()),
                  Tensor.longs("removed", removed.length),
                  Tensor.floats("rows", rows.size(), width)));
      file.write(rows.keySet().stream().mapToLong(fid -> fid).toArray(), 0, rows.size());
      file.write(new long[rows.size()], 0, rows.size());
      file.write(removed, 0, removed.length);
      for (float[] row : rows.values()) {
        file.write(row, 0, width);
      }
      file.finish();
    }
    return new PublisherInput.Part(
        path, digest.size(), digest.hex(), rows.size(), 0, nonFinite(rows));
  }

  private static long nonFinite(SortedMap<Long, float[]> rows) {
    return rows.values().stream()
        .filter(row -> IntStream.range(0, row.length).anyMatch(i -> !Float.isFinite(row[i])))
        .count();
  }
}
