package io.freshet.serve.predict;

import io.freshet.event.FeatureValues;
import io.freshet.feature.example.Example;
import io.freshet.serve.request.HttpError;
import java.util.List;

/**
 * The instances of a request, and how it is answered.
 *
 * @param features of each instance
 */
public record Instances<A>(List<FeatureValues> features, Reply<A> reply) {
  public Instances {
    features = List.copyOf(features);
  }

  /** Makes the answer of what a model says of the instances. */
  public interface Reply<A> {
    A of(Scoring scoring, List<Example> examples) throws HttpError;
  }
}
