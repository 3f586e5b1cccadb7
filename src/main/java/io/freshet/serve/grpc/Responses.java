package io.freshet.serve.grpc;

import com.google.protobuf.UnsafeByteOperations;
import inference.InferParameter;
import inference.InferTensorContents;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import inference.ModelInferResponse.InferOutputTensor;
import inference.ModelMetadataResponse;
import inference.ModelMetadataResponse.TensorMetadata;
import io.freshet.serve.model.ServedModel;
import io.freshet.serve.predict.Scoring;
import io.freshet.serve.tensor.Signature;
import io.freshet.serve.tensor.Signature.TensorType;
import io.freshet.snapshot.format.Version;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** The messages that say something of a model. */
final class Responses {
  private Responses() {}

  static ModelMetadataResponse metadata(String name, ServedModel model, List<Version> versions) {
    ModelMetadataResponse.Builder response =
        ModelMetadataResponse.newBuilder()
            .setName(name)
            .addAllVersions(versions.stream().map(Version::toString).toList())
            .setPlatform(Signature.PLATFORM);
    Signature.inputs(model.schema()).forEach(input -> response.addInputs(tensor(input)));
    Signature.outputs(model.tasks().names()).forEach(output -> response.addOutputs(tensor(output)));
    return response.build();
  }

  private static TensorMetadata tensor(TensorType type) {
    return TensorMetadata.newBuilder()
        .setName(type.name())
        .setDatatype(type.datatype())
        .addAllShape(type.shape())
        .build();
  }

  /**
   * The predictions, raw where the request's elements are.
   *
   * @param outputs the places of the tasks that are asked for
   * @param scores by task
   */
  static ModelInferResponse predictions(
      ModelInferRequest request, List<Integer> outputs, float[][] scores, Scoring scoring) {
    ModelInferResponse.Builder response =
        ModelInferResponse.newBuilder()
            .setModelName(request.getModelName())
            .setModelVersion(scoring.model().version().toString())
            .setId(request.getId());
    scoring
        .scoredBy()
        .ifPresent(
            model ->
                response.putParameters(
                    Signature.SCORED_BY,
                    InferParameter.newBuilder().setStringParam(model).build()));
    List<TensorType> types = Signature.outputs(scoring.model().tasks().names());
    for (int output : outputs) {
      add(types.get(output), scores[output], RequestTensors.isRaw(request), response);
    }
    return response.build();
  }

  private static void add(
      TensorType type, float[] scores, boolean isRaw, ModelInferResponse.Builder response) {
    InferOutputTensor.Builder output =
        InferOutputTensor.newBuilder()
            .setName(type.name())
            .setDatatype(type.datatype())
            .addShape(scores.length);
    if (isRaw) {
      ByteBuffer raw =
          ByteBuffer.allocate(Float.BYTES * scores.length).order(ByteOrder.LITTLE_ENDIAN);
      raw.asFloatBuffer().put(scores);
      response.addRawOutputContents(UnsafeByteOperations.unsafeWrap(raw));
    } else {
      InferTensorContents.Builder contents = InferTensorContents.newBuilder();
      for (float score : scores) {
        contents.addFp32Contents(score);
      }
      output.setContents(contents);
    }
    response.addOutputs(output);
  }
}
