package io.freshet.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.console.source.FlinkRest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Flink each second for the failures of a job, reports each, and cancels one without hope. */
final class RestartWatch extends Thread {
  private static final Logger LOG = LoggerFactory.getLogger(RestartWatch.class);
  private static final long PAUSE_MILLIS = 1000;

  private final List<Integer> ports;
  private final JobClient job;
  private final Restarts restarts;
  private final RunConsole console;
  private FlinkRest flink; // null until it is found
  private long seen; // time of the last failure, epoch milliseconds

  /**
   * A watch of a job.
   *
   * @param ports at one of which its Flink is: another one may be at the others
   */
  RestartWatch(List<Integer> ports, JobClient job, Restarts restarts, RunConsole console) {
    super("restart-watch");
    setDaemon(true);
    this.ports = List.copyOf(ports);
    this.job = job;
    this.restarts = restarts;
    this.console = console;
  }

  @Override
  public void run() {
    try {
      while (!restarts.isHopeless()) {
        look();
        Thread.sleep(PAUSE_MILLIS);
      }
      job.cancel();
    } catch (InterruptedException e) {
      interrupt(); // the run has ended
    }
  }

  private void look() throws InterruptedException {
    try {
      String id = job.getJobID().toString();
      flink = flink == null ? find(id) : flink;
      JsonNode failures = flink.get("/jobs/" + id + "/exceptions").at("/exceptionHistory/entries");
      if (failures.path(0).path("timestamp").asLong() > seen && !isEnding(flink.state(id))) {
        take(failures);
      }
    } catch (IOException e) {
      LOG.debug("Flink does not answer", e); // it starts, or has ended
    }
  }

  /** The Flink that knows the job. */
  private FlinkRest find(String id) throws IOException, InterruptedException {
    for (int port : ports) {
      FlinkRest rest = new FlinkRest(port);
      try {
        if (rest.get("/jobs/" + id).path("jid").asText().equals(id)) {
          console.line("Flink's web UI is at http://localhost:" + port);
          return rest;
        }
      } catch (IOException e) {
        LOG.debug("the job's Flink is not at port {}", port, e);
      }
    }
    throw new IOException("the job's Flink is at none of the ports " + ports);
  }

  /** The failure that ends a job is its outcome, and no restart. */
  private static boolean isEnding(String state) {
    JobStatus status = JobStatus.valueOf(state);
    return status == JobStatus.FAILING || status.isGloballyTerminalState();
  }

  /** Takes what is new of Flink's list, whose first is the newest. */
  void take(JsonNode failures) {
    List<JsonNode> oldestFirst = new ArrayList<>();
    failures.forEach(oldestFirst::add);
    Collections.reverse(oldestFirst);
    for (JsonNode failure : oldestFirst) {
      long time = failure.path("timestamp").asLong();
      if (time > seen) {
        seen = time;
        console.line(restarts.failed(failure.path("stacktrace").asText(), time));
      }
    }
  }

  void end() throws InterruptedException {
    interrupt();
    join();
  }
}
