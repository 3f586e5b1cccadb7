package io.freshet.serve.http.v2;

import io.freshet.serve.model.ServedModel;
import io.freshet.serve.predict.Scoring;
import io.freshet.serve.tensor.Signature;
import io.freshet.serve.tensor.Signature.TensorType;
import io.freshet.snapshot.format.Version;
import io.freshet.wire.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The protocol's responses, as JSON. */
public final class V2Json {
  private V2Json() {}

  private record Server(String name, String version, List<String> extensions) {}

  private record Live(boolean live) {}

  private record Ready(boolean live, boolean ready, Optional<String> reason) {}

  private record ModelReady(String name, boolean ready, Optional<String> reason) {}

  private record Model(
      String name,
      List<Version> versions,
      String platform,
      List<TensorType> inputs,
      List<TensorType> outputs) {}

  private record Inference(
      String modelName,
      Version modelVersion,
      Optional<String> id,
      Optional<Map<String, String>> parameters,
      List<Output> outputs) {}

  private record Output(String name, String datatype, List<Long> shape, float[] data) {
    static Output of(TensorType type, float[] scores) {
      return new Output(type.name(), type.datatype(), List.of((long) scores.length), scores);
    }
  }

  public static byte[] server() {
    return Json.line(new Server("freshet", Signature.serverVersion(), List.of()));
  }

  public static byte[] live() {
    return Json.line(new Live(true));
  }

  /** Whether the server is ready, or what keeps it from that. */
  public static byte[] ready(Optional<String> obstacle) {
    return Json.line(new Ready(true, obstacle.isEmpty(), obstacle));
  }

  /** Whether a model is ready, or what keeps it from that. */
  public static byte[] ready(String name, Optional<String> obstacle) {
    return Json.line(new ModelReady(name, obstacle.isEmpty(), obstacle));
  }

  public static byte[] model(String name, ServedModel model, List<Version> versions) {
    return Json.line(
        new Model(
            name,
            versions,
            Signature.PLATFORM,
            Signature.inputs(model.schema()),
            Signature.outputs(model.tasks().names())));
  }

  /**
   * Predictions.
   *
   * @param outputs the places of the tasks that are asked for
   * @param scores by task
   */
  static byte[] predictions(
      String name, Optional<String> id, List<Integer> outputs, float[][] scores, Scoring scoring) {
    List<TensorType> types = Signature.outputs(scoring.model().tasks().names());
    return Json.line(
        new Inference(
            name,
            scoring.model().version(),
            id,
            scoring.scoredBy().map(model -> Map.of(Signature.SCORED_BY, model)),
            outputs.stream().map(i -> Output.of(types.get(i), scores[i])).toList()));
  }
}
