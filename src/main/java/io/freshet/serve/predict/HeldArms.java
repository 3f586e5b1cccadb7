package io.freshet.serve.predict;

import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.serve.predict.Endpoint.Arm;
import io.freshet.serve.request.HttpError;
import io.freshet.snapshot.format.Version;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The models of an endpoint at the versions of now, held for a request. */
final class HeldArms implements AutoCloseable {
  private final Endpoint endpoint;
  private final List<Arm> held = new ArrayList<>();

  /** Holds what has been loaded; refused where nothing has. */
  HeldArms(Endpoint endpoint) throws HttpError {
    this.endpoint = endpoint;
    for (FollowedModel arm : endpoint.arms()) {
      arm.follower().hold().ifPresent(model -> held.add(new Arm(arm, model)));
    }
    if (held.isEmpty()) {
      throw PredictionService.noModel();
    }
  }

  /** The features that any of the models or shadows reads, and the one that splits requests. */
  FeatureNames names() {
    FeatureNames first = held.get(0).model().names();
    if (endpoint.split().isEmpty()) {
      return first;
    }
    Set<String> all = new LinkedHashSet<>();
    held.forEach(arm -> addAll(arm.model().names(), all));
    for (FollowedModel shadow : endpoint.shadows()) {
      shadow.follower().model().ifPresent(model -> addAll(model.names(), all));
    }
    endpoint.split().flatMap(Split::by).ifPresent(all::add);
    return all.size() == first.size() ? first : new FeatureNames(List.copyOf(all));
  }

  private static void addAll(FeatureNames names, Set<String> all) {
    for (int i = 0; i < names.size(); i++) {
      all.add(names.name(i));
    }
  }

  /** The one that answers. */
  Arm pick(Optional<String> version, List<FeatureValues> instances) throws HttpError {
    if (version.isPresent()) {
      return held.stream()
          .filter(arm -> Endpoint.isOf(version.get(), arm.model()))
          .findFirst()
          .orElseThrow(() -> Endpoint.notServed(version.get(), versions()));
    }
    if (endpoint.split().isEmpty()) {
      return held.get(0);
    }
    FollowedModel wanted = endpoint.arms().get(endpoint.split().get().arm(instances));
    return held.stream()
        .filter(arm -> arm.followed() == wanted)
        .findFirst()
        .orElseThrow(PredictionService::noModel);
  }

  private List<Version> versions() {
    return held.stream().map(arm -> arm.model().version()).toList();
  }

  @Override
  public void close() {
    held.forEach(arm -> arm.model().release());
  }
}
