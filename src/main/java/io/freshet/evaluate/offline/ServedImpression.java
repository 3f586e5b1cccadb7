package io.freshet.evaluate.offline;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.feature.ImpressionHash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a server said of an impression, as it wrote it to the topic of impressions.
 *
 * @param key of the impression
 * @param answered what went to the client
 * @param shadows what models said that answer nobody
 */
public record ServedImpression(long key, Score answered, List<Score> shadows) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public ServedImpression {
    requireNonNull(answered, "answered");
    shadows = List.copyOf(shadows);
  }

  /** A probability, and the model and the version of it that said so. */
  public record Score(String model, String version, float probability) {
    public Score {
      requireNonNull(model, "model");
      requireNonNull(version, "version");
    }

    private static Score of(JsonNode json) {
      return new Score(
          json.path("model").asText(),
          json.path("version").asText(),
          json.path("score").floatValue());
    }

    /** The model and the version. */
    public String name() {
      return model + " " + version;
    }
  }

  /**
   * Reads a record of the topic; nothing where no server wrote it.
   *
   * @throws IOException where the record is no JSON
   */
  public static Optional<ServedImpression> of(byte[] record) throws IOException {
    JsonNode impression = JSON.readTree(record);
    JsonNode served = impression.path("served");
    if (!served.path("score").isNumber()) {
      return Optional.empty();
    }
    List<Score> shadows = new ArrayList<>();
    served.path("shadows").forEach(shadow -> shadows.add(Score.of(shadow)));
    return Optional.of(
        new ServedImpression(
            ImpressionHash.key(impression.path("impression_id").asText()),
            Score.of(served),
            shadows));
  }
}
