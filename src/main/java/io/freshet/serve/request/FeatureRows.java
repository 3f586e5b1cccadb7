package io.freshet.serve.request;

import io.freshet.event.FeatureValues;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The features of a request's instances, and the impressions that they will be.
 *
 * @param ids of the impressions, null for an instance that will not be shown; empty where none is
 * @param request what the client calls the request
 */
public record FeatureRows(
    List<FeatureValues> features, List<String> ids, Optional<String> request) {
  /** The key, column or tensor that has an instance's impression id. */
  public static final String IDS = "impression_id";

  private static final int MOST_CHARACTERS = 256;

  public FeatureRows {
    features = List.copyOf(features);
    ids = Collections.unmodifiableList(new ArrayList<>(ids));
  }

  /** The impression id of an instance, if it has one. */
  public Optional<String> id(int instance) {
    return ids.isEmpty() ? Optional.empty() : Optional.ofNullable(ids.get(instance));
  }

  /** The same rows of a request that the client calls something. */
  public FeatureRows of(Optional<String> requestId) {
    return new FeatureRows(features, ids, requestId);
  }

  /** An impression id as a request has it; null and an empty one are none. */
  public static String checkedId(String place, Object value) throws HttpError {
    String id = value == null ? "" : value.toString();
    if (id.codePointCount(0, id.length()) > MOST_CHARACTERS) {
      throw HttpError.bad("%s has more than %s characters".formatted(place, MOST_CHARACTERS));
    }
    return id.isEmpty() ? null : id;
  }
}
