package io.freshet.interop.onnx;

import io.freshet.model.Tasks;
import io.freshet.model.gauge.Expert;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.snapshot.format.Labels;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Manifest.ModelTask;
import io.freshet.snapshot.store.Snapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * From a model's sums to the probability: the experts, their mixture and the correction of the
 * labels, as nodes of a graph.
 *
 * <p>With p = Σ weight · pₖ and q = Σ weight · (1 - pₖ), each summed by itself as p may be so near
 * to 1 that a float's 1 - p has no digits left, the corrections are p, r p / (r p + q) and r p / q.
 */
final class MixtureGraph {
  private static final float LEAST = 1e-6f; // of an expert's probability
  private static final String NONE = ""; // of first-order sums

  private final OnnxGraph graph;
  private final PublishedGauge gauge;
  private final String correction;
  private final double rate;

  MixtureGraph(OnnxGraph graph, PublishedGauge gauge, Labels labels, double samplingRate) {
    this.graph = graph;
    this.gauge = gauge;
    correction = labels.correction();
    rate = samplingRate;
  }

  /**
   * Adds the probabilities of each task, [examples] each, of one that follows on another times the
   * other's.
   *
   * @param firstOrder sums of the first task, which the others lack
   * @param sums of the terms of each task
   */
  static List<String> probabilities(
      OnnxGraph graph, Snapshot snapshot, String firstOrder, List<String> sums) throws IOException {
    Tasks tasks = snapshot.manifest().tasks();
    List<String> all = new ArrayList<>();
    for (int task = 0; task < sums.size(); task++) {
      String first = task == 0 ? firstOrder : NONE;
      String own = of(graph, snapshot, task).probability(first, sums.get(task));
      int parent = tasks.parent(task);
      all.add(parent < 0 ? own : graph.node("Mul", all.get(parent), own));
    }
    return all;
  }

  private static MixtureGraph of(OnnxGraph graph, Snapshot snapshot, int task) {
    Manifest manifest = snapshot.manifest();
    PublishedGauge gauge = snapshot.gauge();
    if (task == 0) {
      return new MixtureGraph(graph, gauge, manifest.labels(), manifest.samplingRate());
    }
    ModelTask its = manifest.model().tasks().get(task);
    PublishedGauge own = gauge.tasks() == 1 ? gauge : gauge.of(task);
    return new MixtureGraph(graph, own, its.labels(), its.samplingRate());
  }

  /** Adds the probabilities, [examples], for sums [examples]. */
  private String probability(String firstOrder, String sum) throws IOException {
    if (!gauge.isMixed()) {
      String z = graph.node("Add", sum, graph.constant((float) gauge.offset()));
      return corrected(z);
    }
    String p = null;
    String q = null;
    for (Expert expert : gauge.experts()) {
      String z = logit(expert, firstOrder, sum);
      p = add(p, weighted(expert, z));
      q = add(q, weighted(expert, graph.node("Neg", z)));
    }
    return corrected(p, q);
  }

  private String logit(Expert expert, String firstOrder, String sum) {
    String z = graph.node("Mul", sum, graph.constant((float) expert.logit()));
    if (!firstOrder.equals(NONE)) {
      String share = graph.constant((float) expert.firstOrder());
      z = graph.node("Add", graph.node("Mul", firstOrder, share), z);
    }
    return graph.node("Add", z, graph.constant((float) (gauge.offset() + expert.correction())));
  }

  private String weighted(Expert expert, String z) {
    String clipped =
        graph.node("Clip", sigmoid(z), graph.constant(LEAST), graph.constant(1 - LEAST));
    return graph.node("Mul", clipped, graph.constant((float) expert.weight()));
  }

  private String add(String sum, String term) {
    return sum == null ? term : graph.node("Add", sum, term);
  }

  /** Of a plain logit. */
  private String corrected(String z) throws IOException {
    return switch (correction) {
      case Labels.NONE -> sigmoid(z);
      case Labels.LOG_ODDS -> sigmoid(graph.node("Add", z, graph.constant((float) Math.log(rate))));
      case Labels.FAKE_NEGATIVES ->
          atMostOne(graph.node("Mul", graph.node("Exp", z), graph.constant((float) rate)));
      default -> throw unknown();
    };
  }

  /** Of a mixture's probability and its complement. */
  private String corrected(String p, String q) throws IOException {
    if (correction.equals(Labels.NONE)) {
      return p;
    }
    String scaled = graph.node("Mul", p, graph.constant((float) rate));
    return switch (correction) {
      case Labels.LOG_ODDS -> graph.node("Div", scaled, graph.node("Add", scaled, q));
      case Labels.FAKE_NEGATIVES -> atMostOne(graph.node("Div", scaled, q));
      default -> throw unknown();
    };
  }

  /** Spelled out, as runtimes approximate the operator, and a small probability by much of it. */
  private String sigmoid(String z) {
    String odds = graph.node("Exp", graph.node("Neg", z));
    return graph.node("Reciprocal", graph.node("Add", odds, graph.constant(1)));
  }

  private String atMostOne(String value) {
    return graph.node("Min", value, graph.constant(1));
  }

  private IOException unknown() {
    return new IOException("labels.correction is \"" + correction + "\", unknown here");
  }
}
