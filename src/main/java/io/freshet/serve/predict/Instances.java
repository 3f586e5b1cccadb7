package io.freshet.serve.predict;

import io.freshet.feature.example.Example;
import io.freshet.serve.request.FeatureRows;
import io.freshet.serve.request.HttpError;
import java.util.List;

/**
 * The instances of a request, and how it is answered.
 *
 * @param rows the features of each
 */
public record Instances<A>(FeatureRows rows, Reply<A> reply) {
  /** Makes the answer of what a model says of the instances. */
  public interface Reply<A> {
    A of(Scoring scoring, List<Example> examples) throws HttpError;
  }
}
