package io.freshet.lab.bench.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.event.FeatureValues;
import io.freshet.event.RejectedException;
import io.freshet.feature.example.Example;
import io.freshet.lab.bench.serving.Candidates;
import io.freshet.lab.bench.serving.PublishedChain;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.model.ServedModel;
import io.freshet.snapshot.format.Version;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests, and what each version of a chain scores them, by the scorer itself. */
final class Answers {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int REQUESTS = 32; // different ones
  private static final double TOLERANCE = 1e-6;

  private final List<byte[]> bodies = new ArrayList<>();
  private final Map<String, List<float[]>> scores = new HashMap<>(); // by version, then request

  Answers(PublishedChain chain, int candidates, long seed)
      throws IOException, InterruptedException, RejectedException {
    Candidates source = new Candidates(candidates, seed);
    for (int i = 0; i < REQUESTS; i++) {
      bodies.add(source.body());
    }
    try (SnapshotFollower follower = new SnapshotFollower(chain.store(), InstantSource.system())) {
      follower.start(Duration.ofMillis(50));
      for (int i = 0; i < chain.size(); i++) {
        chain.pointTo(i);
        scores.put(chain.version(i).toString(), scores(model(follower, chain.version(i))));
      }
    }
  }

  private static ServedModel model(SnapshotFollower follower, Version version)
      throws InterruptedException {
    while (true) {
      Optional<ServedModel> model = follower.model();
      if (model.isPresent() && model.get().version().equals(version)) {
        return model.get();
      }
      Thread.sleep(10);
    }
  }

  /** The right scores of each request. */
  private List<float[]> scores(ServedModel model) throws IOException, RejectedException {
    List<float[]> of = new ArrayList<>();
    try (Scorer scorer = model.newScorer()) {
      for (byte[] body : bodies) {
        of.add(scorer.score(examples(scorer, JSON.readTree(body))));
      }
    }
    return of;
  }

  private static List<Example> examples(Scorer scorer, JsonNode body) throws RejectedException {
    List<Example> examples = new ArrayList<>();
    for (JsonNode instance : body.get("instances")) {
      Map<String, Object> features = map(body.get("shared").get("features"));
      features.putAll(map(instance.get("features")));
      examples.add(scorer.encode(FeatureValues.of(scorer.names(), features)));
    }
    return examples;
  }

  @SuppressWarnings("unchecked") // an object of JSON is such a map
  private static Map<String, Object> map(JsonNode object) {
    return JSON.convertValue(object, Map.class);
  }

  byte[] body(int request) {
    return bodies.get(request % REQUESTS);
  }

  /** Whether an answer has the scores of the version that it names. */
  boolean isRight(int request, byte[] answer) throws IOException {
    JsonNode json = JSON.readTree(answer);
    List<float[]> of = scores.get(json.path("model_version").asText());
    if (of == null) {
      return false;
    }
    float[] wanted = of.get(request % REQUESTS);
    JsonNode found = json.path("predictions");
    boolean isRight = found.size() == wanted.length;
    for (int i = 0; isRight && i < wanted.length; i++) {
      isRight = Math.abs(found.get(i).asDouble() - wanted[i]) <= TOLERANCE;
    }
    return isRight;
  }
}
