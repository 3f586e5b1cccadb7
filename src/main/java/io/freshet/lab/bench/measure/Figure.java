package io.freshet.lab.bench.measure;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** One measurement: the medians of its rounds, each of which has its own roofline. */
public record Figure(
    String bench, String what, Workload workload, int parallelism, List<Round> rounds) {

  /**
   * A round.
   *
   * @param learned examples a second
   * @param roofline examples a second if their matrix products were all, as fast as just before
   */
  public record Round(Speed learned, Speed roofline) {}

  public Figure {
    rounds = List.copyOf(rounds);
  }

  double examplesPerSecond() {
    return median(round -> round.learned().perSecond());
  }

  double roofline() {
    return median(round -> round.roofline().perSecond());
  }

  /** Of the rounds' ratios: a busy neighbour slows both sides of each. */
  double ratio() {
    return median(round -> round.learned().perSecond() / round.roofline().perSecond());
  }

  /** As {@link #ratio}, but by the time on a core: without waiting, be it for neighbours or not. */
  double cpuRatio() {
    return median(round -> round.learned().perCpuSecond() / round.roofline().perCpuSecond());
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("bench", bench);
    json.put("what", what);
    json.put("examples_per_second", Math.round(examplesPerSecond()));
    json.put("roofline", Math.round(roofline()));
    json.put("ratio", Math.round(1000 * ratio()) / 1000.0);
    json.put("cpu_ratio", Math.round(1000 * cpuRatio()) / 1000.0);
    json.put("parallelism", parallelism);
    json.put("batch_size", workload.batchSize());
    json.put("fields", workload.fields());
    json.put("embedding_size", workload.embeddingSize());
    json.put("hidden_layers", workload.hiddenLayers().toString());
    json.put("step_size", workload.stepSize());
    json.put("in_flight", workload.inFlight());
    json.put("rounds", rounds.size());
    return json;
  }

  private double median(ToDoubleFunction<Round> of) {
    double[] sorted = rounds.stream().mapToDouble(of).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
