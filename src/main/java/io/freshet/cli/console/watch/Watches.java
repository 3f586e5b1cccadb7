package io.freshet.cli.console.watch;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs watches, each on its own thread so that none waits for another, and keeps their last
 * figures. Watches without a history pause when no page has asked for a minute.
 */
public final class Watches implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watches.class);
  private static final Duration INTEREST = Duration.ofMinutes(1);

  private final Map<String, Watch> watches = new LinkedHashMap<>();
  private final Map<String, Panel> panels = new LinkedHashMap<>();
  private final InstantSource clock;
  private final ScheduledThreadPoolExecutor threads =
      new ScheduledThreadPoolExecutor(0, Watches::thread);
  private volatile long asked = Long.MIN_VALUE; // when a page last did, epoch milliseconds

  public Watches(InstantSource clock) {
    this.clock = clock;
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "console-watch");
    thread.setDaemon(true);
    return thread;
  }

  /** Adds a watch that gathers a history: it runs whether or not a page is open. */
  public void always(String name, Watch watch, Duration pause) {
    add(name, watch, pause, () -> look(name));
  }

  /** Adds a watch that runs while a page is open. */
  public void onDemand(String name, Watch watch, Duration pause) {
    add(
        name,
        watch,
        pause,
        () -> {
          if (clock.millis() - INTEREST.toMillis() < asked) {
            look(name);
          }
        });
  }

  private void add(String name, Watch watch, Duration pause, Runnable look) {
    watches.put(name, watch);
    panels.put(name, new Panel());
    threads.setCorePoolSize(watches.size());
    threads.scheduleWithFixedDelay(look, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look(String name) {
    Panel panel = panels.get(name);
    try {
      panel.show(watches.get(name).look(), clock.instant());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the console closes
    } catch (IOException e) {
      panel.fail(describe(e));
    } catch (RuntimeException e) {
      LOG.error("the console cannot show {}", name, e);
      panel.fail("an error of the console's own: " + e);
    }
  }

  /** One line; a system error includes its type. */
  private static String describe(IOException e) {
    String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    String line = what.lines().findFirst().orElse(what);
    return e instanceof NoSuchFileException ? "there is no file " + line : line;
  }

  public ObjectNode status() {
    asked = clock.millis();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("now", asked);
    ObjectNode all = json.putObject("panels");
    panels.forEach((name, panel) -> all.set(name, panel.status()));
    return json;
  }

  public Optional<ObjectNode> panel(String name) {
    return Optional.ofNullable(panels.get(name)).map(Panel::json);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      if (threads.awaitTermination(10, TimeUnit.SECONDS)) {
        watches.values().forEach(Watch::close);
      } else {
        LOG.warn("a look did not end; what it holds is left to the end of the process");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
