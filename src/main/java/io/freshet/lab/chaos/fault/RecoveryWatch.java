package io.freshet.lab.chaos.fault;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.console.source.FlinkRest;
import io.freshet.lab.chaos.fault.Recovery.Outage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Detects when the model learns again: polls the job manager for when the operator after the
 * trainers started, and whether predictions have reached it since.
 *
 * <p>A recovery lasts from a kill to the first predictions of tasks that started after it, and is
 * right to about a second: Flink gathers metrics of tasks twice a second.
 */
public final class RecoveryWatch implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofMillis(250);
  private static final String BEHIND_TRAINERS = "ProgressiveValidation";

  private final FlinkRest rest;
  private final Supplier<String> job;
  private final List<Recovery> recoveries = new ArrayList<>();
  private Instant firstKill; // null while the job is well
  private Instant lastKill;
  private Outage outage;
  private final Thread thread = new Thread(this::watch, "recovery-watch");

  public RecoveryWatch(FlinkRest rest, Supplier<String> job) {
    this.rest = rest;
    this.job = job;
    thread.setDaemon(true);
    thread.start();
  }

  synchronized void killed(Outage what) {
    lastKill = Instant.now();
    outage = firstKill == null ? what : Outage.SEVERAL;
    firstKill = firstKill == null ? lastKill : firstKill;
  }

  public synchronized List<Recovery> recoveries() {
    return List.copyOf(recoveries);
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(INTERVAL.toMillis());
        if (job.get() != null) {
          look();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private void look() throws InterruptedException {
    try {
      learningSince().ifPresent(this::recovered);
    } catch (IOException e) {
      // no job manager, or none that knows the job: not recovered, which the next look shows again
    }
  }

  private synchronized void recovered(Instant since) {
    if (firstKill != null && since.isAfter(lastKill)) {
      recoveries.add(new Recovery(outage, Duration.between(firstKill, Instant.now())));
      firstKill = null;
    }
  }

  /** When the tasks started that have learned something, if any have. */
  private Optional<Instant> learningSince() throws IOException, InterruptedException {
    for (JsonNode vertex : rest.get("/jobs/" + job.get()).get("vertices")) {
      if (vertex.get("name").asText().startsWith(BEHIND_TRAINERS)) {
        String path = "/jobs/%s/vertices/%s".formatted(job.get(), vertex.get("id").asText());
        JsonNode subtask = rest.get(path).get("subtasks").get(0);
        boolean learning = subtask.at("/metrics/read-records").asLong() > 0;
        return learning && subtask.get("status").asText().equals("RUNNING")
            ? Optional.of(Instant.ofEpochMilli(subtask.get("start-time").asLong()))
            : Optional.empty();
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
