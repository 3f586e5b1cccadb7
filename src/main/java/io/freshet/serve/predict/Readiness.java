package io.freshet.serve.predict;

import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.ServedModel;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a balancer should send requests: from when the pointer has been read and the first model
 * is warm, until a stop begins. Requests that come all the same are answered as well as can be.
 */
public final class Readiness {
  private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

  private final SnapshotFollower follower;
  private volatile boolean warm;
  private volatile boolean stopping;

  Readiness(SnapshotFollower follower) {
    this.follower = follower;
  }

  /** Warms up once there is a model; whatever comes of that, the server is ready then. */
  public void warmUpWith(WarmUp warmUp) {
    follower
        .first()
        .thenAccept(
            model -> {
              try {
                warmUp.run(model);
              } catch (Exception | Error e) {
                LOG.warn("the warm-up failed; the first requests are slower", e);
              }
              warm = true;
            });
  }

  /** What the first model is scored with before requests come. */
  public interface WarmUp {
    void run(ServedModel model) throws Exception;
  }

  public boolean isReady() {
    return obstacle().isEmpty();
  }

  /** What keeps it from being ready. */
  public Optional<String> obstacle() {
    if (stopping) {
      return Optional.of("the server is stopping");
    }
    if (follower.model().isEmpty()) {
      return Optional.of("no model has been loaded yet");
    }
    if (!follower.hasReadPointer()) {
      return Optional.of("the pointer to the current version has not been read yet");
    }
    return warm ? Optional.empty() : Optional.of("the first model is being warmed up");
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
