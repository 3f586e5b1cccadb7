package io.freshet.job.pipeline;

import io.freshet.config.LearnerConfig;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.model.ModelKind;
import io.freshet.model.NetworkSettings;
import io.freshet.model.Sizes;
import io.freshet.model.Task;
import io.freshet.model.dense.ModelShape;
import io.freshet.model.dense.ModelShape.Member;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.snapshot.format.EmbeddingRows;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.FlinkStorage;
import io.freshet.snapshot.store.ChainRows;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.train.RefusedException;
import io.freshet.train.WarmStart;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A published version as what a job starts from.
 *
 * @param root of the snapshots
 * @param name of the version
 * @param shapeText its shape
 * @param lastSeen what its rows count as last seen, epoch milliseconds
 */
record SnapshotInitialModel(String root, String name, String shapeText, long lastSeen)
    implements WarmStart {

  /**
   * The start from a version.
   *
   * @param place the snapshots' root for its current version, or {@code ROOT/VERSION}
   * @throws RefusedException where the learner's rows or fields are not those of the version
   * @throws IOException where there is no such version
   */
  static SnapshotInitialModel of(String place, LearnerConfig config) throws IOException {
    int slash = place.lastIndexOf('/');
    Optional<Version> named = Version.parse(place.substring(slash + 1));
    String root = named.isPresent() ? place.substring(0, Math.max(0, slash)) : place;
    SnapshotStore store = store(root);
    Version version =
        named.isPresent()
            ? named.get()
            : store
                .latest()
                .orElseThrow(
                    () -> new IOException(root + " holds no current version to start from"));
    Manifest manifest = store.manifest(version);
    check(manifest, config);
    return new SnapshotInitialModel(
        root,
        version.toString(),
        shape(manifest, config.model().kind()).text(),
        manifest.eventTime().map(Instant::toEpochMilli).orElse(0L));
  }

  /** The version is of the learner's kind. */
  private static ModelShape shape(Manifest manifest, ModelKind kind) {
    List<Integer> zero = manifest.unknownIds().zeroFields();
    Manifest.Model model = manifest.model();
    return new ModelShape(
        model.embeddingSize(),
        new NetworkSettings(
            kind.form(),
            model.hiddenLayers(),
            model.crossLayers(),
            new Sizes(model.sizes()),
            model.tasks().stream().skip(1).map(Manifest.ModelTask::name).toList()),
        manifest.schema().fields().stream()
            .map(
                field ->
                    Member.of(field, model.embeddingSize(field.number()), model.embeddingSize()))
            .map(member -> member.as(zero.contains(member.number())))
            .toList());
  }

  private static void check(Manifest manifest, LearnerConfig config) throws IOException {
    List<String> problems = new ArrayList<>();
    Manifest.Model model = manifest.model();
    differ("model.kind", config.model().kind().key(), model.kind(), problems);
    differ("model.embedding-size", config.model().embeddingSize(), model.embeddingSize(), problems);
    for (Field field : config.features().fields()) {
      manifest.schema().fields().stream()
          .filter(theirs -> theirs.number() == field.number())
          .forEach(
              theirs -> {
                String number = "feature number " + field.number();
                differ(number, field, theirs, problems);
                int own = config.model().embeddingSize(field.number());
                int size = model.embeddingSize(field.number());
                differ("embedding-size of " + number, own, size, problems);
              });
    }
    for (Task theirs : manifest.tasks().all()) {
      String key = "model.tasks: after of " + theirs.name();
      config.model().tasks().all().stream()
          .filter(own -> own.name().equals(theirs.name()))
          .forEach(own -> differ(key, own.given(), theirs.given(), problems));
    }
    if (!problems.isEmpty()) {
      throw new RefusedException(
          "version %s is of another model: %s"
              .formatted(manifest.version(), String.join("; ", problems)));
    }
  }

  private static void differ(String key, Object own, Object theirs, List<String> problems) {
    if (!own.equals(theirs)) {
      problems.add("%s is %s, there it is %s".formatted(key, own, theirs));
    }
  }

  @Override
  public Optional<ModelShape> shape() {
    return Optional.of(ModelShape.parse(shapeText));
  }

  @Override
  public void rows(Rows to) throws Exception {
    ChainRows.read(new SnapshotReader(store(root)), version(), file -> take(file, to));
  }

  private void take(EmbeddingRows file, Rows to) throws Exception {
    for (int i = 0; i < file.size(); i++) {
      to.take(file.fids()[i], file.updates()[i], file.rows(), i * file.width());
    }
    for (long fid : file.removed()) {
      to.remove(fid);
    }
  }

  @Override
  public float[] dense() throws IOException {
    SnapshotStore store = store(root);
    return new SnapshotReader(store).dense(store.manifest(version())).vector();
  }

  @Override
  public PublishedGauge gauge(FeatureSchema schema) throws IOException {
    SnapshotStore store = store(root);
    Manifest manifest = store.manifest(version());
    return new SnapshotReader(store).dense(manifest).gauge().reordered(manifest.schema(), schema);
  }

  private Version version() {
    return Version.parse(name).orElseThrow();
  }

  private static SnapshotStore store(String root) throws IOException {
    return new SnapshotStore(FlinkStorage.at(root));
  }
}
