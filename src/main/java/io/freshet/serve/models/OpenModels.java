package io.freshet.serve.models;

import io.freshet.serve.predict.Endpoint;
import io.freshet.serve.predict.FollowedModel;
import io.freshet.serve.predict.ModelSet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The models that are open, so that sets can have some in common. Not thread-safe. */
public final class OpenModels implements AutoCloseable {
  private final ModelOpener opener;
  private final Map<ModelSpec, FollowedModel> open = new LinkedHashMap<>(); // whatever their pins
  private final Set<FollowedModel> started = new HashSet<>();

  public OpenModels(ModelOpener opener) {
    this.opener = opener;
  }

  /**
   * The set that a description makes. Opens what is not open.
   *
   * @throws IOException where a model cannot be opened; those opened before stay open
   */
  public ModelSet set(ModelsSpec spec) throws IOException {
    Map<Optional<String>, FollowedModel> models = new LinkedHashMap<>();
    for (ModelSpec model : spec.models()) {
      models.put(model.name(), model(model));
    }
    List<Endpoint> endpoints = new ArrayList<>();
    for (ModelSpec model : spec.models()) {
      if (!spec.isOnlyShadow(model)) {
        endpoints.add(Endpoint.of(models.get(model.name())));
      }
    }
    for (SplitSpec split : spec.splits()) {
      endpoints.add(
          new Endpoint(
              named(split.models(), models),
              Optional.of(split.split()),
              named(split.shadows(), models)));
    }
    return new ModelSet(List.copyOf(models.values()), endpoints);
  }

  private static List<FollowedModel> named(
      List<String> names, Map<Optional<String>, FollowedModel> models) {
    return names.stream().map(name -> models.get(Optional.of(name))).toList();
  }

  private FollowedModel model(ModelSpec spec) throws IOException {
    FollowedModel known = open.get(spec.unpinned());
    if (known != null) {
      return known;
    }
    if (spec.disk().isPresent()) {
      checkFree(spec.disk().get().folder());
    }
    FollowedModel opened = opener.open(spec);
    open.put(spec.unpinned(), opened);
    return opened;
  }

  private void checkFree(Path folder) throws IOException {
    for (ModelSpec other : open.keySet()) {
      if (other.disk().filter(disk -> disk.folder().equals(folder)).isPresent()) {
        throw new IOException(
            "store-dir %s is still in use for model \"%s\" of %s"
                .formatted(folder, other.name().orElse(""), other.root()));
      }
    }
  }

  /** Has the models of a description follow the versions that it says. */
  void pin(ModelsSpec spec) {
    spec.models().forEach(model -> open.get(model.unpinned()).follower().pin(model.version()));
  }

  /** Starts to follow what is not followed yet. */
  public void start(Duration poll) {
    start(poll, model -> {});
  }

  /** The same, with something to be done before. */
  void start(Duration poll, Consumer<FollowedModel> before) {
    for (FollowedModel model : open.values()) {
      if (started.add(model)) {
        before.accept(model);
        model.follower().start(poll);
      }
    }
  }

  /** Closes all other models. */
  void closeAllBut(Collection<FollowedModel> kept) {
    for (Iterator<FollowedModel> each = open.values().iterator(); each.hasNext(); ) {
      FollowedModel model = each.next();
      if (!kept.contains(model)) {
        each.remove();
        started.remove(model);
        model.follower().close();
      }
    }
  }

  @Override
  public void close() {
    closeAllBut(List.of());
  }
}
