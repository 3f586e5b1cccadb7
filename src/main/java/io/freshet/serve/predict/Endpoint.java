package io.freshet.serve.predict;

import io.freshet.serve.model.ServedModel;
import io.freshet.serve.request.HttpError;
import io.freshet.snapshot.format.Version;
import java.util.List;
import java.util.Optional;

/**
 * What answers to a name: one model, or several between which requests are split.
 *
 * @param arms the models that answer, the first for what cannot be split
 * @param split between the arms; absent where a model answers to its own name
 * @param shadows score what the arms answer, and answer nobody
 */
public record Endpoint(
    List<FollowedModel> arms, Optional<Split> split, List<FollowedModel> shadows) {
  /** A model at a version. */
  public record Arm(FollowedModel followed, ServedModel model) {}

  public Endpoint {
    arms = List.copyOf(arms);
    shadows = List.copyOf(shadows);
  }

  /** The endpoint of a model under its own name. */
  public static Endpoint of(FollowedModel model) {
    return new Endpoint(List.of(model), Optional.empty(), List.of());
  }

  /** The first model, which stands for the endpoint where one has to. */
  public FollowedModel first() {
    return arms.get(0);
  }

  /** The name, once it is known. */
  public Optional<String> name() {
    return split.map(Split::name).or(first()::name);
  }

  /** The first arm, or the one that has the version asked for; refused where none has. */
  public Arm arm(Optional<String> version) throws HttpError {
    if (version.isEmpty()) {
      return new Arm(first(), first().model());
    }
    for (FollowedModel arm : arms) {
      Optional<ServedModel> model = arm.follower().model();
      if (model.isPresent() && isOf(version.get(), model.get())) {
        return new Arm(arm, model.get());
      }
    }
    throw notServed(version.get(), versions());
  }

  /** The versions that answer. */
  public List<Version> versions() {
    return arms.stream()
        .flatMap(arm -> arm.follower().model().stream())
        .map(ServedModel::version)
        .toList();
  }

  /** What keeps one of the arms from answering as a balancer expects. */
  public Optional<String> obstacle() {
    for (FollowedModel arm : arms) {
      Optional<String> obstacle = arm.obstacle();
      if (obstacle.isPresent() && split.isPresent()) {
        return Optional.of("model \"%s\": %s".formatted(arm.name().orElse(""), obstacle.get()));
      } else if (obstacle.isPresent()) {
        return obstacle;
      }
    }
    return Optional.empty();
  }

  /** Whether a model is of a version asked for by its name or its checkpoint. */
  static boolean isOf(String version, ServedModel model) {
    return version.equals(model.version().toString())
        || version.equals(String.valueOf(model.version().checkpoint()));
  }

  static HttpError notServed(String version, List<Version> versions) {
    if (versions.isEmpty()) {
      return PredictionService.noModel();
    }
    String served = String.join(", ", versions.stream().map(Version::toString).toList());
    return new HttpError(404, "version %s is not served, but %s".formatted(version, served));
  }
}
