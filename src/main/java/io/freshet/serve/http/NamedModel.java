package io.freshet.serve.http;

import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.ServedModel;
import java.util.Optional;

/**
 * The model that a server has, under the name that it has in paths.
 *
 * @param name the snapshots' own where absent
 */
record NamedModel(SnapshotFollower follower, Optional<String> name) {

  /** The model; refused before the first. */
  ServedModel model() throws HttpError {
    return follower.model().orElseThrow(PredictionService::noModel);
  }

  /** The name in paths, once it is known. */
  Optional<String> known() {
    return name.or(() -> follower.model().map(model -> model.manifest().name()));
  }

  /** The name in a path, refused where it is another's. */
  String name(Route route) throws HttpError {
    String served = known().orElseThrow(PredictionService::noModel);
    String asked = route.model().orElseThrow();
    if (!served.equals(asked)) {
      throw new HttpError(404, "no model \"" + asked + "\" is served, but \"" + served + '"');
    }
    return served;
  }
}
