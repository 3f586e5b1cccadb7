package io.freshet.event.decode;

import static io.freshet.event.Rejection.Kind.BAD_VALUE;

import com.fasterxml.jackson.core.JsonToken;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.Impression;
import io.freshet.event.RejectedException;
import io.freshet.event.json.JsonRecords;
import io.freshet.event.mapping.InlineLabel;
import io.freshet.event.mapping.ValuePath;
import io.freshet.event.parse.FieldErrors;
import io.freshet.event.parse.RecordParser;
import io.freshet.event.parse.Tokens;
import java.io.IOException;

/**
 * Decodes impressions, as {@code schemas/impression.schema.json} describes them: {@code
 * {"impression_id": "…", "timestamp": <epoch ms>, "features": {…}, "weight": 1}}.
 */
public final class ImpressionDecoder extends EventDecoder<Impression> {
  private static final String RIGHT_WEIGHT = "a number above 0 within the range of a float";

  private final FeaturesDecoder featuresDecoder;
  private FeatureValues features;
  private float weight; // 0 where there is none
  private float label; // NaN where there is none

  /** A decoder of JSON that keeps the named features and skips the others. */
  public ImpressionDecoder(EventSettings settings, FeatureNames names) {
    this(settings, names, new JsonRecords(settings.maxBytes()));
  }

  /** A decoder of any format that does the same. */
  public ImpressionDecoder(EventSettings settings, FeatureNames names, RecordParser parser) {
    this(
        settings,
        parser,
        names,
        settings.impressionMapping().isGiven()
            ? new FeaturesDecoder(names, settings.maxValues(), name -> path(name, settings))
            : new FeaturesDecoder(names, settings.maxValues()));
  }

  private ImpressionDecoder(
      EventSettings settings,
      RecordParser parser,
      FeatureNames names,
      FeaturesDecoder featuresDecoder) {
    super(settings, settings.impressionMapping(), tree(settings, names), featuresDecoder, parser);
    this.featuresDecoder = featuresDecoder;
  }

  private static String path(String feature, EventSettings settings) {
    ValuePath path = settings.featurePaths().get(feature);
    return path == null ? feature : path.text();
  }

  private static PathTree tree(EventSettings settings, FeatureNames names) {
    PathTree tree = new PathTree();
    InlineLabel label = settings.impressionMapping().label();
    if (label.isGiven()) {
      tree.at(label.path()).add(EventKey.LABEL);
    }
    for (int feature = 0; feature < names.size(); feature++) {
      String name = names.name(feature);
      ValuePath path = settings.featurePaths().get(name);
      if (path != null) {
        tree.at(path).add(feature);
      } else {
        tree.child(name).add(feature);
        tree.child("features").child(name).add(feature);
      }
    }
    return tree;
  }

  @Override
  void clear() {
    features = null;
    weight = 0;
    label = Float.NaN;
    featuresDecoder.begin();
  }

  @Override
  boolean readKey(String key, Tokens record) throws IOException, RejectedException {
    if (key.equals("features")) {
      checkFirst("features", record, features);
      features = featuresDecoder.read(record);
      ignored += featuresDecoder.ignored();
    } else if (key.equals("weight")) {
      readWeight(record);
    } else if (key.equals("served")) {
      record.skipChildren(); // what a server said of it, for evaluations
    } else {
      return false;
    }
    return true;
  }

  @Override
  void readOwn(Tokens record) throws IOException, RejectedException {
    readWeight(record);
  }

  @Override
  Impression event() throws RejectedException {
    if (isMapped()) {
      features = featuresDecoder.build();
    } else if (features == null) {
      throw FieldErrors.missing("features", "an object");
    }
    return new Impression(id(), timestamp(), weight == 0 ? 1 : weight, label(), features);
  }

  private float label() throws RejectedException {
    InlineLabel wanted = mapping().label();
    float known = Float.isNaN(label) ? wanted.otherwise() : label;
    if (wanted.isGiven() && Float.isNaN(known)) {
      throw FieldErrors.missing(wanted.path().text(), wanted.right());
    }
    return known;
  }

  @Override
  void readLabel(Tokens record) throws IOException, RejectedException {
    InlineLabel wanted = mapping().label();
    if (!Float.isNaN(label)) {
      throw FieldErrors.duplicate(wanted.path().text(), record);
    }
    JsonToken token = record.currentToken();
    if (token.isBoolean()) {
      label = token == JsonToken.VALUE_TRUE ? 1 : 0;
      return;
    }
    double value = number(wanted.path().text(), record, wanted.right());
    label = wanted.of(value);
    if (Float.isNaN(label)) {
      throw FieldErrors.rejected(
          BAD_VALUE,
          wanted.path().text(),
          record,
          "is %s; expected %s".formatted(value, wanted.right()));
    }
  }

  private void readWeight(Tokens record) throws IOException, RejectedException {
    if (weight != 0) {
      throw FieldErrors.duplicate(mapping().own().text(), record);
    }
    float read = (float) number(mapping().own().text(), record, RIGHT_WEIGHT);
    if (!(read > 0) || read == Float.POSITIVE_INFINITY) {
      throw FieldErrors.rejected(
          BAD_VALUE, mapping().own().text(), record, "is " + read + "; expected " + RIGHT_WEIGHT);
    }
    weight = read;
  }
}
