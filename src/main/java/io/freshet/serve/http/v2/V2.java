package io.freshet.serve.http.v2;

import io.freshet.serve.predict.Instances;
import io.freshet.serve.predict.ModelService;
import io.freshet.serve.predict.Question;
import io.freshet.serve.tensor.FeatureTensors;
import io.freshet.serve.tensor.Signature;
import java.io.InputStream;
import java.util.List;

/** The questions of the protocol. */
public final class V2 {
  private final ModelService service;

  public V2(ModelService service) {
    this.service = service;
  }

  /**
   * Click probabilities for the tensors of a body.
   *
   * @param name of the model, for the answer
   */
  public Question<byte[]> infer(String name, InputStream body) {
    int most = service.requests().instances();
    return names -> {
      InferRequest request = InferRequest.read(body);
      return new Instances<>(
          FeatureTensors.read(request.inputs(), names, most).of(request.id()),
          (scoring, examples) -> {
            List<Integer> outputs =
                Signature.chosen(request.outputs(), scoring.model().tasks().names());
            float[][] scores = scoring.scoreTasks(examples);
            return V2Json.predictions(name, request.id(), outputs, scores, scoring);
          });
    };
  }
}
