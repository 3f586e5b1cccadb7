package io.freshet.cli.console.watch;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;

/**
 * One panel of the page: its figures, when they were last confirmed, and why there are no newer
 * ones. Thread-safe.
 */
final class Panel {
  private long revision = System.currentTimeMillis(); // above those of a server before this one
  private JsonNode data = NullNode.instance;
  private Optional<Instant> seen = Optional.empty();
  private Optional<String> problem = Optional.of("nothing has been read yet");

  synchronized void show(JsonNode figures, Instant now) {
    if (problem.isPresent() || !data.equals(figures)) {
      revision++;
    }
    data = requireNonNull(figures, "figures");
    seen = Optional.of(now);
    problem = Optional.empty();
  }

  synchronized void fail(String why) {
    if (!problem.equals(Optional.of(why))) {
      revision++;
    }
    problem = Optional.of(why);
  }

  /** The revision and the age, which a page polls. */
  synchronized ObjectNode status() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("revision", revision);
    seen.ifPresent(time -> json.put("seen", time.toEpochMilli()));
    problem.ifPresent(why -> json.put("problem", why));
    return json;
  }

  /** The status and the figures. */
  synchronized ObjectNode json() {
    return status().set("data", data);
  }
}
