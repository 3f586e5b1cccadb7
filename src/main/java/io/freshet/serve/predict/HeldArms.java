package io.freshet.serve.predict;

import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.serve.model.ServedModel;
import io.freshet.serve.predict.Endpoint.Arm;
import io.freshet.serve.request.HttpError;
import io.freshet.snapshot.format.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
    FeatureNames all = first;
    for (Arm arm : held) {
      all = all.and(arm.model().names());
    }
    for (FollowedModel shadow : endpoint.shadows()) {
      all = shadow.follower().model().map(ServedModel::names).map(all::and).orElse(all);
    }
    return endpoint
        .split()
        .flatMap(Split::by)
        .map(by -> new FeatureNames(List.of(by)))
        .map(all::and)
        .orElse(all);
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
