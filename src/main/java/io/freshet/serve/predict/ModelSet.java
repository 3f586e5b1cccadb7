package io.freshet.serve.predict;

import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.request.HttpError;
import java.util.List;
import java.util.Optional;

/**
 * The models that a server has, and the names by which requests call them. Never changes.
 *
 * @param models all of them
 * @param endpoints each of another name
 */
public record ModelSet(List<FollowedModel> models, List<Endpoint> endpoints) {
  public ModelSet {
    models = List.copyOf(models);
    endpoints = List.copyOf(endpoints);
  }

  /**
   * One model.
   *
   * @param name the snapshots' own where absent
   */
  public static ModelSet of(SnapshotFollower follower, Optional<String> name) {
    FollowedModel model = new FollowedModel(follower, name);
    return new ModelSet(List.of(model), List.of(Endpoint.of(model)));
  }

  /** What answers to a name; refused where nothing does. */
  public Endpoint endpoint(String name) throws HttpError {
    for (Endpoint endpoint : endpoints) {
      if (endpoint.name().filter(name::equals).isPresent()) {
        return endpoint;
      }
    }
    if (names().size() < endpoints.size()) {
      throw PredictionService.noModel();
    }
    String served = String.join("\", \"", names());
    throw new HttpError(404, "no model \"%s\" is served, but \"%s\"".formatted(name, served));
  }

  /** The names that are known. */
  public List<String> names() {
    return endpoints.stream().flatMap(endpoint -> endpoint.name().stream()).toList();
  }

  /** The models that are some endpoint's shadow. */
  List<FollowedModel> shadows() {
    return endpoints.stream().flatMap(e -> e.shadows().stream()).distinct().toList();
  }

  /** What keeps one of the endpoints from answering as a balancer expects. */
  public Optional<String> obstacle() {
    for (Endpoint endpoint : endpoints) {
      Optional<String> obstacle = endpoint.obstacle();
      if (obstacle.isPresent()) {
        return endpoints.size() == 1
            ? obstacle
            : Optional.of("%s: %s".formatted(endpoint.name().orElse(""), obstacle.get()));
      }
    }
    return Optional.empty();
  }
}
