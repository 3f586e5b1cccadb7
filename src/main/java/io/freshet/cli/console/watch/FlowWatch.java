package io.freshet.cli.console.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.console.source.FlinkRest;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What became of impressions and clicks, and how training goes: the job's metrics over Flink's REST
 * interface, summed over subtasks.
 *
 * <p>Operators are recognized by a metric: {@code waiting_impressions} is the label join's, {@code
 * batches_in_flight} the trainer's, {@code dead_letters} that of operators that read topics.
 */
public final class FlowWatch implements Watch {
  private static final String JOB_NAME = "freshet ";
  private static final String JOIN = ".waiting_impressions";
  private static final String TRAINER = ".batches_in_flight";
  private static final String ROUTER = ".dead_letters";
  private static final String ROUTER_NAME = "route_";

  private final FlinkRest flink;
  private final Optional<String> model;

  public FlowWatch(FlinkRest flink, Optional<String> model) {
    this.flink = flink;
    this.model = model;
  }

  @Override
  public JsonNode look() throws IOException, InterruptedException {
    try {
      return figures();
    } catch (ConnectException | HttpTimeoutException e) {
      throw new IOException("nobody answers at " + flink + ": the job has ended, or is not up", e);
    }
  }

  private JsonNode figures() throws IOException, InterruptedException {
    JsonNode job = job();
    JobMetrics metrics = JobMetrics.of(flink, job.get("jid").asText());
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.putObject("job")
        .put("name", job.get("name").asText())
        .put("id", job.get("jid").asText())
        .put("state", job.get("state").asText())
        .put("since", job.path("start-time").asLong());
    routers(metrics, json.putArray("topics"));
    write(metrics.ofOperatorWith(JOIN), json.putObject("join"));
    write(metrics.ofOperatorWith(TRAINER), json.putObject("trainer"));
    if (json.get("join").isEmpty()) {
      throw new IOException(
          "the job \"%s\" at %s is %s and has published no counts yet"
              .formatted(job.get("name").asText(), flink, job.get("state").asText()));
    }
    return json;
  }

  /** The learner's job; of several, the one that began last. */
  private JsonNode job() throws IOException, InterruptedException {
    JsonNode found = null;
    for (JsonNode job : flink.get("/jobs/overview").path("jobs")) {
      String name = job.path("name").asText();
      boolean ours = model.map(m -> name.equals(JOB_NAME + m)).orElse(name.startsWith(JOB_NAME));
      boolean younger =
          found == null || job.path("start-time").asLong() > found.path("start-time").asLong();
      if (ours && younger) {
        found = job;
      }
    }
    if (found == null) {
      throw new IOException(
          "Flink at %s has no job named \"%s\"".formatted(flink, JOB_NAME + model.orElse("…")));
    }
    return found;
  }

  private static void routers(JobMetrics metrics, ArrayNode to) {
    Map<String, Map<String, Double>> byTopic = new TreeMap<>();
    metrics
        .operatorsWith(ROUTER)
        .forEach((operator, counts) -> byTopic.put(operator.replace(ROUTER_NAME, ""), counts));
    byTopic.forEach(
        (topic, counts) ->
            to.addObject()
                .put("topic", topic)
                .put("events", counts.getOrDefault("events", 0.0))
                .put("dead", counts.getOrDefault("dead_letters", 0.0)));
  }

  private static void write(Map<String, Double> counts, ObjectNode to) {
    counts.forEach(to::put);
  }
}
