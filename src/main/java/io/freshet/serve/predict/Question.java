package io.freshet.serve.predict;

import io.freshet.event.FeatureNames;
import io.freshet.serve.request.HttpError;

/** What a request asks, before its features are read. */
public interface Question<A> {
  /** Reads the request by the names of the features that are wanted. */
  Instances<A> read(FeatureNames names) throws HttpError;
}
