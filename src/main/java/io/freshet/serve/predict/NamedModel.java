package io.freshet.serve.predict;

import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.ServedModel;
import java.util.Optional;

/**
 * The model that a server has, under the name that requests call it by.
 *
 * @param name the snapshots' own where absent
 */
public record NamedModel(SnapshotFollower follower, Optional<String> name) {

  /** The model; refused before the first. */
  public ServedModel model() throws HttpError {
    return follower.model().orElseThrow(PredictionService::noModel);
  }

  /** Refuses another version than the one that is served, asked for by its name or checkpoint. */
  static void checkVersion(Optional<String> asked, ServedModel model) throws HttpError {
    String version = model.version().toString();
    String checkpoint = String.valueOf(model.version().checkpoint());
    if (asked.isPresent() && !asked.get().equals(version) && !asked.get().equals(checkpoint)) {
      throw new HttpError(404, "version %s is not served, but %s".formatted(asked.get(), version));
    }
  }

  /** The model, refused where it is of another version than asked for. */
  public ServedModel model(Optional<String> version) throws HttpError {
    ServedModel model = model();
    checkVersion(version, model);
    return model;
  }

  /** The name, once it is known. */
  public Optional<String> known() {
    return name.or(() -> follower.model().map(model -> model.manifest().name()));
  }

  /** The name that a request asks for, refused where it is another's. */
  public String name(String asked) throws HttpError {
    String served = known().orElseThrow(PredictionService::noModel);
    if (!served.equals(asked)) {
      throw new HttpError(404, "no model \"" + asked + "\" is served, but \"" + served + '"');
    }
    return served;
  }
}
