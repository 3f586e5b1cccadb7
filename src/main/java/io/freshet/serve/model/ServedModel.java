package io.freshet.serve.model;

import static java.util.Objects.requireNonNull;

import io.freshet.event.FeatureNames;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.Sizes;
import io.freshet.model.Tasks;
import io.freshet.model.dense.DenseShape;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.label.LabelCorrection;
import io.freshet.model.row.UnknownRows;
import io.freshet.snapshot.format.DataFile.TensorShape;
import io.freshet.snapshot.format.GaugeTensors;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One version, whole, ready to be scored with by many threads. Never changes.
 *
 * <p>A reader of rows holds the model, as a {@link Scorer} does until it is closed.
 */
public final class ServedModel {
  private final Manifest manifest;
  private final FeatureNames names;
  private final VersionRows rows;
  private final VersionHistories histories;
  private final ModelSettings settings;
  private final UnknownRows unknown;
  private final LabelCorrection correction;
  private final float[] dense;
  private final PublishedGauge gauge;

  /**
   * A model of these parts.
   *
   * @throws IOException where the manifest describes a model that this code cannot compute
   */
  public ServedModel(
      Manifest manifest,
      VersionRows rows,
      VersionHistories histories,
      float[] dense,
      PublishedGauge gauge)
      throws IOException {
    this.manifest = requireNonNull(manifest, "manifest");
    names = manifest.schema().rawNames();
    this.rows = requireNonNull(rows, "rows");
    this.histories = requireNonNull(histories, "histories");
    this.dense = requireNonNull(dense, "dense");
    this.gauge = requireNonNull(gauge, "gauge");
    settings = settings(manifest);
    unknown = unknownRows();
    correction = manifest.labels().toCorrection(manifest.samplingRate());
    checkDense();
  }

  /**
   * Checks that a version is of a model that can be computed here.
   *
   * @throws IOException where it is not
   */
  public static void check(Manifest manifest) throws IOException {
    new ServedModel(
        manifest, RowTable.empty(1, 0), VersionHistories.NONE, new float[0], PublishedGauge.NONE);
  }

  /**
   * A scorer of this version, for one thread, that holds the model until it is closed.
   *
   * @throws IllegalStateException where the store has given the version up for a newer one
   */
  public Scorer newScorer() {
    return new Scorer(this);
  }

  public Version version() {
    return manifest.version();
  }

  public Manifest manifest() {
    return manifest;
  }

  public FeatureSchema schema() {
    return manifest.schema();
  }

  /** The raw features that it reads. */
  public FeatureNames names() {
    return names;
  }

  /** How far the model's event time is behind; nothing before the first watermark. */
  public Optional<Duration> freshness(Instant now) {
    return manifest.eventTime().map(time -> Duration.between(time, now));
  }

  /** What it predicts. */
  public Tasks tasks() {
    return settings.tasks();
  }

  /** Rows in the model. */
  public long size() {
    return rows.size();
  }

  /**
   * Copies the row {@code [w, v₁…v_k]} of an id; false if the model has none.
   *
   * @throws IllegalStateException where the store has given the version up for a newer one
   */
  public boolean read(long fid, float[] target, int at) {
    holdOrFail();
    try {
      return rows.read(fid, target, at);
    } finally {
      release();
    }
  }

  void holdOrFail() {
    if (!hold()) {
      throw new IllegalStateException(
          "version %s is given up for a newer one; take the follower's model of now"
              .formatted(version()));
    }
  }

  /** Keeps the rows readable until {@link #release}; false if they are gone already. */
  public boolean hold() {
    return rows.hold();
  }

  public void release() {
    rows.release();
  }

  public VersionRows rows() {
    return rows;
  }

  /** What users did, as far as it is published; to be read while the model is held. */
  public VersionHistories histories() {
    return histories;
  }

  ModelSettings settings() {
    return settings;
  }

  UnknownRows unknown() {
    return unknown;
  }

  /** What makes probabilities of the model's logits. */
  LabelCorrection correction() {
    return correction;
  }

  /** The dense part, not to be written to. */
  public float[] dense() {
    return dense;
  }

  /** How numbers are standardized and predictions mixed. */
  public PublishedGauge gauge() {
    return gauge;
  }

  private ModelSettings settings(Manifest manifest) throws IOException {
    Manifest.Model shape = manifest.model();
    ModelKind kind =
        ModelKind.of(shape.kind())
            .orElseThrow(() -> refused("is of kind \"%s\", unknown here".formatted(shape.kind())));
    try {
      return new ModelSettings(
          kind,
          shape.embeddingSize(),
          shape.hiddenLayers(),
          shape.crossLayers(),
          new Sizes(shape.sizes()),
          0,
          manifest.unknownIds().seed(),
          manifest.tasks(),
          shape.embeddingSizes());
    } catch (IllegalArgumentException e) {
      throw refused("has a shape that does not fit its kind: " + e.getMessage());
    }
  }

  private UnknownRows unknownRows() throws IOException {
    String rule = manifest.unknownIds().rule();
    return switch (rule) {
      case Manifest.UnknownIds.START_ROW -> UnknownRows.zeroIn(zeroFields());
      case Manifest.UnknownIds.ZERO -> UnknownRows.ZERO;
      default -> throw refused("has the rule \"%s\" for unknown ids, unknown here".formatted(rule));
    };
  }

  private List<Integer> zeroFields() throws IOException {
    List<Integer> fields = manifest.unknownIds().zeroFields();
    for (int field : fields) {
      if (field < 0 || field > Fids.MAX_FIELD) {
        throw refused("has zero_fields %s: a field's number is 0 to 4095".formatted(fields));
      }
    }
    return fields;
  }

  private void checkDense() throws IOException {
    DenseShape shape;
    try {
      shape = DenseShape.of(manifest.schema(), settings);
    } catch (IllegalArgumentException e) {
      throw refused("has sizes that do not go together: " + e.getMessage());
    }
    List<TensorShape> wanted =
        shape.tensors().stream()
            .map(t -> new TensorShape(t.name(), t.shape().stream().map(Long::valueOf).toList()))
            .toList();
    List<TensorShape> found =
        manifest.dense().tensors().stream().filter(t -> !GaugeTensors.isOne(t.name())).toList();
    if (!found.equals(wanted)) {
      throw refused("has the tensors %s, not %s".formatted(found, wanted));
    }
  }

  private IOException refused(String why) {
    return new IOException("version " + manifest.version() + " " + why);
  }
}
