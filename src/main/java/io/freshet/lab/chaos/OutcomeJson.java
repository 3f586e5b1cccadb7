package io.freshet.lab.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.lab.chaos.fault.InjectedFault;
import io.freshet.lab.chaos.fault.Recovery;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The outcomes of runs as a JSON array, an object for each run. */
final class OutcomeJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private OutcomeJson() {}

  static void write(Path file, List<ChaosOutcome> runs) throws IOException {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    runs.forEach(run -> all.add(json(run)));
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), all);
  }

  private static ObjectNode json(ChaosOutcome run) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("seed", run.seed());
    json.put("backend", run.backend());
    json.put("records", run.records());
    json.put("examples", run.findings().examples());
    json.put("checkpoints", run.checkpoints());
    run.settings().forEach(json.putObject("settings")::put);
    ArrayNode strikes = json.putArray("strikes");
    for (InjectedFault struck : run.strikes()) {
      strikes
          .addObject()
          .put("kind", struck.kind().toString())
          .put("wanted", struck.wanted().toString())
          .put("met", struck.moment().toString());
    }
    ArrayNode recoveries = json.putArray("recoveries");
    for (Recovery recovery : run.recoveries()) {
      recoveries
          .addObject()
          .put("from", recovery.from().toString())
          .put("seconds", recovery.time().toMillis() / 1e3);
    }
    ArrayNode compared = json.putArray("compared");
    for (Difference line : run.findings().lines()) {
      compared
          .addObject()
          .put("what", line.what())
          .put("expected", line.expected())
          .put("found", line.found())
          .put("differences", line.differences());
    }
    run.findings().remarks().forEach(json.putArray("remarks")::add);
    json.put("differences", run.findings().differences());
    return json;
  }
}
