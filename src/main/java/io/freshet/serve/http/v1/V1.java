package io.freshet.serve.http.v1;

import io.freshet.feature.example.Example;
import io.freshet.serve.model.ServedModel;
import io.freshet.serve.predict.HttpError;
import io.freshet.serve.predict.ModelService;
import io.freshet.serve.predict.Question;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The questions of the protocol. */
public final class V1 {
  /** How much is scored before the first request: a few hundred instances, for a while. */
  private static final int[] REHEARSED = {1, 8, 100};

  private static final int REHEARSALS = 6;
  private static final Duration LONGEST_REHEARSAL = Duration.ofSeconds(2);

  private final ModelService service;

  public V1(ModelService service) {
    this.service = service;
  }

  /**
   * Click probabilities for the instances of a body.
   *
   * @param version that is asked for, by its name or its checkpoint
   */
  public Question<byte[]> predict(Optional<String> version, InputStream body) {
    int most = service.requests().instances();
    return scoring -> {
      scoring.checkVersion(version);
      PredictRequest request = PredictRequest.read(body, scoring.scorer(), most);
      float[] scores = scoring.score(scoring.encode(request.instances()));
      return ModelJson.predictions(scores, request.isColumns(), scoring.model());
    };
  }

  /** The same, and what each field adds. */
  public Question<byte[]> explain(Optional<String> version, InputStream body) {
    int most = service.explain().instances();
    return scoring -> {
      scoring.checkVersion(version);
      PredictRequest request = PredictRequest.read(body, scoring.scorer(), most);
      List<Example> examples = scoring.encode(request.instances());
      float[] scores = scoring.score(examples);
      return ModelJson.explanations(scores, scoring.explain(examples), scoring.model());
    };
  }

  /** Scores random instances of a model, so that the first requests find compiled code. */
  public void warmUp(ServedModel model) throws HttpError {
    RandomInstances random = new RandomInstances(model.schema());
    long end = System.nanoTime() + LONGEST_REHEARSAL.toNanos();
    for (int i = 0; i < REHEARSALS * REHEARSED.length && System.nanoTime() < end; i++) {
      byte[] body = random.body(REHEARSED[i % REHEARSED.length]);
      service.rehearse(predict(Optional.empty(), new ByteArrayInputStream(body)));
    }
  }
}
