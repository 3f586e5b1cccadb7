package io.freshet.lab.bench.serving;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.event.FeatureValues;
import io.freshet.event.RejectedException;
import io.freshet.feature.example.Example;
import io.freshet.lab.bench.measure.AdEvents;
import io.freshet.serve.model.Scorer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Requests as a recommender sends them: 26 features of the user and the page that all candidates
 * share, and 13 of each candidate, drawn as in learning.
 */
public final class Candidates {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SHARED_NAMES = 13; // c1 to c13, and all numbers

  private final AdEvents events;
  private final int count;

  public Candidates(int count, long seed) {
    this.count = count;
    events = new AdEvents(0, seed);
  }

  public byte[] body() {
    ObjectNode body = JSON.createObjectNode();
    body.putObject("shared").set("features", JSON.valueToTree(shared()));
    var instances = body.putArray("instances");
    for (int i = 0; i < count; i++) {
      instances.addObject().set("features", JSON.valueToTree(own()));
    }
    return body.toString().getBytes(UTF_8);
  }

  List<Example> examples(Scorer scorer) throws RejectedException {
    Map<String, Object> shared = shared();
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Map<String, Object> features = new HashMap<>(shared);
      features.putAll(own());
      examples.add(scorer.encode(FeatureValues.of(scorer.names(), features)));
    }
    return examples;
  }

  private Map<String, Object> shared() {
    Map<String, Object> features = events.features();
    features.keySet().removeIf(name -> !isShared(name));
    return features;
  }

  private Map<String, Object> own() {
    Map<String, Object> features = events.features();
    features.keySet().removeIf(Candidates::isShared);
    return features;
  }

  private static boolean isShared(String name) {
    return name.startsWith("n") || Integer.parseInt(name.substring(1)) <= SHARED_NAMES;
  }
}
