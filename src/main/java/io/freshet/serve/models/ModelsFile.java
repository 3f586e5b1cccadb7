package io.freshet.serve.models;

import io.freshet.config.option.ConfigException;
import io.freshet.config.option.ConfigFile;
import io.freshet.serve.follow.FollowerState;
import io.freshet.serve.predict.FollowedModel;
import io.freshet.serve.predict.ModelService;
import io.freshet.serve.predict.ModelSet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the models of a server as a file says, while the file changes.
 *
 * <p>Its content counts, once it is the same at two looks, so that one that is being written is not
 * taken for whole. Models that the change leaves as they are go on; new ones are loaded and warmed
 * up next to those of now, and when each that answers is ready, the new set takes over in one step.
 * Whatever is wrong before, the models of now stay, and {@link ModelService#reloads} says why.
 * Models that are gone are closed when no request can have them any more.
 */
public final class ModelsFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelsFile.class);

  private final Path file;
  private final OpenModels open;
  private final ModelService service;
  private final Duration poll;
  private final Duration grace;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread named = new Thread(task, "models-file");
            named.setDaemon(true);
            return named;
          });

  private ModelsSpec current;
  private Pending pending; // null where nothing waits
  private String last = ""; // content at the last look
  private String read = ""; // content that current, or pending, or a mistake is of
  private long replaced = System.nanoTime();
  private boolean closed;

  /** A set that takes over once it is ready. */
  private record Pending(ModelsSpec spec, ModelSet set) {}

  /**
   * A file that is looked at when {@link #look} is called.
   *
   * @param current what the service has, made of the file
   * @param poll of the models' followers
   * @param grace after which no request has models that are gone
   */
  public ModelsFile(
      Path file,
      ModelsSpec current,
      OpenModels open,
      ModelService service,
      Duration poll,
      Duration grace) {
    this.file = file;
    this.current = current;
    this.open = open;
    this.service = service;
    this.poll = poll;
    this.grace = grace;
    service.showReloads();
  }

  /** Looks again and again, on a thread of its own, until it is closed. */
  public void start() {
    thread.scheduleWithFixedDelay(
        this::look, poll.toMillis(), poll.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Looks at the file, and at the models that it waits for. */
  synchronized void look() {
    if (closed) {
      return;
    }
    try {
      closeGone();
      readChange();
      useWhenReady();
    } catch (ConfigException e) {
      fail(String.join("; ", e.problems()));
    } catch (IOException | RuntimeException | Error e) {
      read = ""; // to be tried again
      fail(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  private void readChange() throws IOException {
    String text = text();
    boolean isWhole = text.equals(last);
    last = text;
    if (!isWhole || text.equals(read)) {
      return;
    }
    read = text;
    pending = null;
    ModelsSpec wanted = ModelsSpec.parse(text, String.valueOf(file.getFileName()));
    if (wanted.equals(current)) {
      service.reloads(service.reloads().settled());
      return;
    }
    pending = new Pending(wanted, open.set(wanted));
    open.start(poll, service.readiness()::warmUp);
  }

  private String text() {
    try {
      return ConfigFile.text(file);
    } catch (ConfigException e) {
      read = ""; // once it is there again, it counts
      last = "";
      throw e;
    }
  }

  private void useWhenReady() {
    if (pending == null) {
      return;
    }
    Optional<String> obstacle = pending.set().obstacle().or(this::behind);
    if (obstacle.isPresent()) {
      service.reloads(service.reloads().waiting("not ready yet: " + obstacle.get()));
      return;
    }
    service.use(pending.set());
    open.pin(pending.spec());
    current = pending.spec();
    pending = null;
    replaced = System.nanoTime();
    service.reloads(service.reloads().reloaded());
    LOG.info("serving {} as {} says now", service.models().names(), file);
  }

  /** A new model that serves what its folder of rows held, maybe of another root. */
  private Optional<String> behind() {
    return pending.set().models().stream()
        .filter(model -> !service.models().models().contains(model))
        .filter(model -> model.follower().state().kind() != FollowerState.Kind.CURRENT)
        .filter(model -> pending.set().endpoints().stream().anyMatch(e -> e.arms().contains(model)))
        .findFirst()
        .map(model -> model.name().orElse("") + ": its current version is being loaded");
  }

  private void closeGone() {
    if (System.nanoTime() - replaced > grace.toNanos()) {
      Set<FollowedModel> kept = new HashSet<>(service.models().models());
      if (pending != null) {
        kept.addAll(pending.set().models());
      }
      open.closeAllBut(kept);
    }
  }

  private void fail(String problem) {
    if (!service.reloads().problem().equals(Optional.of(problem))) {
      LOG.warn("still serving {}, not what {} says: {}", service.models().names(), file, problem);
    }
    service.reloads(service.reloads().failed(problem));
  }

  @Override
  public void close() {
    thread.shutdownNow();
    synchronized (this) {
      closed = true;
    }
  }
}
