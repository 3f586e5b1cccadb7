package io.freshet.event.decode;

import com.fasterxml.jackson.core.JsonToken;
import io.freshet.event.RejectedException;
import io.freshet.event.parse.FieldErrors;
import io.freshet.event.parse.Tokens;
import java.io.IOException;

/**
 * Reads what a {@link PathTree} wants of a record, in the record's own order; all else is skipped
 * without being built, and counts towards no limit but the record's size.
 */
final class MappedReader {

  /** Takes the values that are no features. */
  interface Keys {

    /** Takes the current value. */
    void read(EventKey key, Tokens record) throws IOException, RejectedException;
  }

  private final PathTree tree;
  private final Keys keys;
  private final FeaturesDecoder features;
  private int ignored;

  MappedReader(PathTree tree, FeaturesDecoder features, Keys keys) {
    this.tree = tree;
    this.features = features;
    this.keys = keys;
  }

  /** Reads the current object to its end; how many of the keys are not wanted. */
  int read(Tokens record) throws IOException, RejectedException {
    ignored = 0;
    readObject(tree, false, record);
    return ignored;
  }

  private void readObject(PathTree at, boolean inList, Tokens record)
      throws IOException, RejectedException {
    for (String name = record.nextFieldName(); name != null; name = record.nextFieldName()) {
      PathTree child = at.find(name);
      JsonToken token = record.nextToken();
      if (token == JsonToken.VALUE_NULL) {
        continue; // absent
      }
      if (child == null) {
        ignored++;
        record.skipChildren();
      } else {
        readValue(child, inList, record);
      }
    }
  }

  private void readValue(PathTree at, boolean inList, Tokens record)
      throws IOException, RejectedException {
    JsonToken token = record.currentToken();
    if (token == JsonToken.START_OBJECT && at.hasChildren()) {
      readObject(at, inList, record);
    } else if (token == JsonToken.START_ARRAY && at.elements() != null) {
      readElements(at, inList, record);
    } else if (!at.keys().isEmpty() || !at.features().isEmpty()) {
      take(at, inList, record);
    } else {
      throw FieldErrors.wrongType(
          at.path(), record, at.hasChildren() ? "an object" : "a list, as its path has []");
    }
  }

  private void readElements(PathTree at, boolean inList, Tokens record)
      throws IOException, RejectedException {
    PathTree each = at.elements();
    if (!inList) {
      for (int feature : each.allFeatures()) {
        features.beginList(feature, record);
      }
    }
    while (record.nextToken() != JsonToken.END_ARRAY) {
      if (record.currentToken() != JsonToken.VALUE_NULL) {
        readValue(each, true, record);
      }
    }
  }

  private void take(PathTree at, boolean inList, Tokens record)
      throws IOException, RejectedException {
    for (EventKey key : at.keys()) {
      keys.read(key, record);
    }
    for (int i = 0; i < at.features().size(); i++) {
      int feature = at.features().get(i);
      if (inList) {
        features.readElements(feature, record);
      } else if (i == 0) {
        features.readFeature(feature, record);
      } else {
        features.repeat(feature, at.features().get(0), record);
      }
    }
  }
}
