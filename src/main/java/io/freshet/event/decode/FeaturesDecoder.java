package io.freshet.event.decode;

import com.fasterxml.jackson.core.JsonParser;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.RejectedException;
import io.freshet.event.json.JsonTokens;
import java.io.IOException;

/**
 * Reads objects of features inside other JSON, by the rules that hold inside an impression: so that
 * serving sees what training saw.
 *
 * <p>Holds scratch memory: one for each thread.
 */
public final class FeaturesDecoder {
  private final FeatureValuesReader reader;

  /** A decoder that keeps the named features and skips the others. */
  public FeaturesDecoder(FeatureNames names, int maxValues) {
    reader = new FeatureValuesReader(names, maxValues);
  }

  /**
   * Reads the parser's current object to its end.
   *
   * @throws RejectedException with the path of what is wrong, as in {@code features.price}
   */
  public FeatureValues read(JsonParser json) throws IOException, RejectedException {
    return reader.read(new JsonTokens(json));
  }
}
