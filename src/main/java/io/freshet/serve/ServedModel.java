package io.freshet.serve;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.FeatureSchema;
import io.freshet.model.DenseShape;
import io.freshet.model.LabelCorrection;
import io.freshet.model.ModelSettings;
import io.freshet.model.UnknownRows;
import io.freshet.snapshot.Manifest;
import io.freshet.snapshot.Manifest.TensorShape;
import io.freshet.snapshot.Version;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One version, whole, ready to be scored with by many threads. Never changes. */
public final class ServedModel {
  static final String KIND = "deepfm";

  private final Manifest manifest;
  private final RowTable rows;
  private final ModelSettings settings;
  private final UnknownRows unknown;
  private final LabelCorrection correction;
  private final float[] dense;

  /**
   * A model of these parts.
   *
   * @throws IOException where the manifest describes a model that this code cannot compute
   */
  ServedModel(Manifest manifest, RowTable rows, float[] dense) throws IOException {
    this.manifest = requireNonNull(manifest, "manifest");
    this.rows = requireNonNull(rows, "rows");
    this.dense = requireNonNull(dense, "dense");
    Manifest.Model shape = manifest.model();
    if (!shape.kind().equals(KIND)) {
      throw refused("is of kind \"%s\"; \"%s\" is served".formatted(shape.kind(), KIND));
    }
    settings =
        new ModelSettings(
            shape.embeddingSize(), shape.hiddenLayers(), 0, manifest.unknownIds().seed());
    unknown = unknownRows();
    correction = manifest.labels().toCorrection();
    checkDense();
  }

  /** A scorer of this version, for one thread. */
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

  /** How far the model's event time is behind; nothing before the first watermark. */
  Optional<Duration> freshness(Instant now) {
    return manifest.eventTime().map(time -> Duration.between(time, now));
  }

  /** Rows in the model. */
  public long size() {
    return rows.size();
  }

  /** The finished row {@code [w, v₁…v_k]} of an id; false if the model has none. */
  public boolean read(long fid, float[] target, int at) {
    return rows.read(fid, target, at);
  }

  RowTable rows() {
    return rows;
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

  /** The deep part, not to be written to. */
  float[] dense() {
    return dense;
  }

  private UnknownRows unknownRows() throws IOException {
    String rule = manifest.unknownIds().rule();
    return switch (rule) {
      case Manifest.UnknownIds.START_ROW -> UnknownRows.START;
      case Manifest.UnknownIds.ZERO -> UnknownRows.ZERO;
      default -> throw refused("has the rule \"%s\" for unknown ids, unknown here".formatted(rule));
    };
  }

  private void checkDense() throws IOException {
    List<TensorShape> wanted =
        DenseShape.of(manifest.schema().size(), settings).tensors().stream()
            .map(t -> new TensorShape(t.name(), t.shape().stream().map(Long::valueOf).toList()))
            .toList();
    if (!manifest.dense().tensors().equals(wanted)) {
      throw refused("has the tensors %s, not %s".formatted(manifest.dense().tensors(), wanted));
    }
  }

  private IOException refused(String why) {
    return new IOException("version " + manifest.version() + " " + why);
  }
}
