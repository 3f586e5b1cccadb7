package io.freshet.serve;

import java.util.Optional;

/**
 * The model that a server has, under the name that it has in paths.
 *
 * @param name the snapshots' own where absent
 */
record NamedModel(SnapshotFollower follower, Optional<String> name) {

  /** The model; refused before the first. */
  ServedModel model() throws Refusal {
    return follower.model().orElseThrow(Predictions::noModel);
  }

  /** The name in paths, once it is known. */
  Optional<String> known() {
    return name.or(() -> follower.model().map(model -> model.manifest().name()));
  }

  /** The name in a path, refused where it is another's. */
  String name(Route route) throws Refusal {
    String served = known().orElseThrow(Predictions::noModel);
    String asked = route.model().orElseThrow();
    if (!served.equals(asked)) {
      throw new Refusal(404, "no model \"" + asked + "\" is served, but \"" + served + '"');
    }
    return served;
  }
}
