package io.freshet.interop.onnx;

import io.freshet.feature.Fids;
import io.freshet.interop.onnx.OnnxGraph.Type;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Manifest.UnknownIds;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * The vectors of ids without a row as nodes of a graph: zeros, or what training would start with,
 * from seed and id alone, as {@link io.freshet.model.layer.CounterRng} draws it.
 */
final class StartRowGraph {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;
  private static final long[] FACTORS = {0xBF58476D1CE4E5B9L, 0x94D049BB133111EBL};
  private static final int[] SHIFTS = {30, 27, 31};
  private static final long LANE = 0xFFFF;
  private static final double DEVIATION = 0.01 / (0x1p16 / Math.sqrt(3)); // of a start by its sum

  private final OnnxGraph graph;
  private final Manifest manifest;
  private final String fids;
  private final String fields; // number of each id's

  StartRowGraph(OnnxGraph graph, Manifest manifest, String fids, String fields) {
    this.graph = graph;
    this.manifest = manifest;
    this.fids = fids;
    this.fields = fields;
  }

  /**
   * Adds the vectors of ids, [examples, occurrences, k].
   *
   * @param known those of ids with a row, and zeros
   * @param rows of each id
   * @param none what is the row of an id without
   */
  String orStart(String known, String rows, int none) throws IOException {
    UnknownIds rule = manifest.unknownIds();
    if (rule.rule().equals(UnknownIds.ZERO)) {
      return known;
    }
    if (!rule.rule().equals(UnknownIds.START_ROW)) {
      throw new IOException("unknown_ids.rule is \"" + rule.rule() + "\", unknown here");
    }
    long[] starts = new long[Fids.MAX_FIELD + 1];
    Arrays.fill(starts, 1);
    rule.zeroFields().forEach(field -> starts[field] = 0);
    String start =
        graph.node("Gather", graph.constant("fields_of_start_rows", starts, starts.length), fields);
    String isStart =
        graph.node(
            "And",
            graph.node("Equal", rows, graph.vector(none)),
            graph.node("Equal", start, graph.vector(1)));
    return graph.node(
        "Where",
        graph.node("Unsqueeze", isStart, graph.vector(2)),
        held(vectors(rule.seed())),
        known);
  }

  /** The same with zeros where the rows of a field hold less. */
  private String held(String vectors) {
    Manifest.Model model = manifest.model();
    if (model.embeddingSizes().isEmpty()) {
      return vectors;
    }
    long[] sizes = new long[Fids.MAX_FIELD + 1];
    Arrays.setAll(sizes, model::embeddingSize);
    long[] places = LongStream.range(0, model.embeddingSize()).toArray();
    String size =
        graph.node("Gather", graph.constant("embedding_sizes", sizes, sizes.length), fields);
    String isHeld =
        graph.node("Less", graph.vector(places), graph.node("Unsqueeze", size, graph.vector(2)));
    return graph.node("Mul", vectors, graph.cast(isHeld, Type.FLOAT));
  }

  private String vectors(long seed) {
    String key = mix(graph.node("BitwiseXor", mix(graph.vector(seed + GAMMA)), fids));
    long[] steps = new long[manifest.model().embeddingSize()];
    Arrays.setAll(steps, d -> (d + 1) * GAMMA);
    String origin = graph.node("Unsqueeze", key, graph.vector(2));
    String bits = graph.cast(mix(graph.node("Add", origin, graph.vector(steps))), Type.UINT64);
    String sum = null;
    for (int lane = 0; lane < 4; lane++) {
      String bitsOfLane = graph.shifted(bits, 16 * lane);
      String each =
          graph.cast(graph.node("BitwiseAnd", bitsOfLane, graph.unsigned(LANE)), Type.INT64);
      sum = sum == null ? each : graph.node("Add", sum, each);
    }
    String number = graph.cast(sum, Type.FLOAT);
    return graph.node(
        "Mul",
        graph.node("Sub", number, graph.constant(2 * LANE)),
        graph.constant((float) DEVIATION));
  }

  private String mix(String value) {
    String y = value;
    for (int i = 0; i < SHIFTS.length; i++) {
      String shifted = graph.shifted(graph.cast(y, Type.UINT64), SHIFTS[i]);
      y = graph.node("BitwiseXor", y, graph.cast(shifted, Type.INT64));
      y = i < FACTORS.length ? graph.node("Mul", y, graph.vector(FACTORS[i])) : y;
    }
    return y;
  }
}
