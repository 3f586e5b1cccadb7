package io.freshet.serve.predict;

import io.freshet.serve.request.FeatureRows;
import io.freshet.snapshot.format.Version;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

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

  /** The same, of only those instances that have an impression id. */
  public Scored shown() {
    int[] shown = IntStream.range(0, scores.length).filter(i -> rows.id(i).isPresent()).toArray();
    Map<ShadowVersion, float[]> others = new LinkedHashMap<>();
    shadows.forEach((shadow, of) -> others.put(shadow, pick(of, shown)));
    FeatureRows kept =
        new FeatureRows(
            IntStream.of(shown).mapToObj(rows.features()::get).toList(),
            IntStream.of(shown).mapToObj(rows.ids()::get).toList(),
            rows.request());
    return new Scored(time, endpoint, model, version, kept, pick(scores, shown), others);
  }

  private static float[] pick(float[] scores, int[] instances) {
    float[] picked = new float[instances.length];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = scores[instances[i]];
    }
    return picked;
  }

  Scored with(Map<ShadowVersion, float[]> others) {
    return new Scored(time, endpoint, model, version, rows, scores, others);
  }
}
