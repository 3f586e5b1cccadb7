package io.freshet.serve.tensor;

import static io.freshet.serve.request.HttpError.bad;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.RejectedException;
import io.freshet.event.decode.FeaturesDecoder;
import io.freshet.serve.request.HttpError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads the features of instances, each a string of JSON. */
final class JsonFeatures {
  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonFeatures() {}

  static List<FeatureValues> read(Tensor tensor, FeatureNames names) throws HttpError {
    FeaturesDecoder decoder = new FeaturesDecoder(names, EventSettings.MOST_VALUES);
    List<FeatureValues> instances = new ArrayList<>();
    for (Object text : tensor.elements()) {
      String place = "%s[%s]".formatted(tensor.place(), instances.size());
      if (text == null) {
        throw bad(place + " is null; expected a JSON object");
      }
      instances.add(read(place, text.toString(), decoder));
    }
    return instances;
  }

  private static FeatureValues read(String place, String text, FeaturesDecoder decoder)
      throws HttpError {
    try (JsonParser json = FACTORY.createParser(text)) {
      json.nextToken();
      FeatureValues features = decoder.read(json);
      if (json.nextToken() != null) {
        throw bad(place + ": something follows the JSON object");
      }
      return features;
    } catch (RejectedException e) {
      throw bad(place + ": " + e.getMessage());
    } catch (IOException e) {
      throw bad(place + " is not readable as JSON: " + e.getMessage().lines().findFirst().get());
    }
  }
}
