package io.freshet.serve.predict;

import io.freshet.serve.model.ServedModel;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a balancer should send requests: from when of each model the pointer has been read and
 * the first version is warm, until a stop begins. Requests that come all the same are answered as
 * well as can be.
 */
public final class Readiness {
  private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

  private final Supplier<ModelSet> models;
  private volatile WarmUp warmUp = (followed, model) -> {};
  private volatile boolean stopping;

  Readiness(Supplier<ModelSet> models) {
    this.models = models;
  }

  /** Warms up each model once it is there; whatever comes of that, it is ready then. */
  public void warmUpWith(WarmUp warmUp) {
    this.warmUp = warmUp;
    models.get().models().forEach(this::warmUp);
  }

  /** Warms up another model once it is there. */
  public void warmUp(FollowedModel followed) {
    followed
        .follower()
        .first()
        .thenAccept(
            model -> {
              try {
                warmUp.run(followed, model);
              } catch (Exception | Error e) {
                LOG.warn("the warm-up failed; the first requests are slower", e);
              }
              followed.warmed();
            });
  }

  /** What a first version is scored with before requests come. */
  public interface WarmUp {
    void run(FollowedModel followed, ServedModel model) throws Exception;
  }

  public boolean isReady() {
    return obstacle().isEmpty();
  }

  /** What keeps it from being ready. */
  public Optional<String> obstacle() {
    if (stopping) {
      return Optional.of("the server is stopping");
    }
    return models.get().obstacle();
  }

  /** What keeps an endpoint from being ready. */
  public Optional<String> obstacle(Endpoint endpoint) {
    return stopping ? obstacle() : endpoint.obstacle();
  }

  public boolean isStopping() {
    return stopping;
  }

  /** Ends it for good; whether it was ready until now. */
  public boolean end() {
    boolean was = isReady();
    stopping = true;
    return was;
  }
}
