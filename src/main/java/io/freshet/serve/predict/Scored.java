package io.freshet.serve.predict;

import io.freshet.serve.request.FeatureRows;
import io.freshet.snapshot.format.Version;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a server has answered.
 *
 * @param endpoint that was asked
 * @param model that scored
 * @param shadows the scores of other models for the same instances, by name and version
 */
public record Scored(
    Instant time,
    String endpoint,
    Optional<String> model,
    Version version,
    FeatureRows rows,
    float[] scores,
    Map<ShadowVersion, float[]> shadows) {

  /** A shadow at a version. */
  public record ShadowVersion(String model, Version version) {}

  /** Takes what was answered; must not wait. */
  public interface Sink {
    void scored(Scored scored);
  }

  Scored with(Map<ShadowVersion, float[]> others) {
    return new Scored(time, endpoint, model, version, rows, scores, others);
  }
}
