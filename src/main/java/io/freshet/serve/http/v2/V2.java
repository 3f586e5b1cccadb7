package io.freshet.serve.http.v2;

import io.freshet.event.FeatureValues;
import io.freshet.serve.predict.ModelService;
import io.freshet.serve.predict.Question;
import io.freshet.serve.tensor.FeatureTensors;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

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
   * @param version that is asked for, by its name or its checkpoint
   */
  public Question<byte[]> infer(String name, Optional<String> version, InputStream body) {
    int most = service.requests().instances();
    return scoring -> {
      scoring.checkVersion(version);
      InferRequest request = InferRequest.read(body);
      List<FeatureValues> instances =
          FeatureTensors.read(request.inputs(), scoring.scorer().names(), most);
      float[] scores = scoring.score(scoring.encode(instances));
      return V2Json.predictions(name, request.id(), scores, scoring.model());
    };
  }
}
