package io.freshet.serve.http.v1;

import io.freshet.serve.model.ServedModel;
import io.freshet.serve.predict.FollowedModel;
import io.freshet.serve.predict.Instances;
import io.freshet.serve.predict.ModelService;
import io.freshet.serve.predict.Question;
import io.freshet.serve.request.HttpError;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;

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

  /** Click probabilities for the instances of a body. */
  public Question<byte[]> predict(InputStream body) {
    int most = service.requests().instances();
    return names -> {
      PredictRequest request = PredictRequest.read(body, names, most);
      return new Instances<>(
          request.rows(),
          (scoring, examples) ->
              ModelJson.predictions(scoring.scoreTasks(examples), request.isColumns(), scoring));
    };
  }

  /** The same, and what each field adds. */
  public Question<byte[]> explain(InputStream body) {
    int most = service.explain().instances();
    return names ->
        new Instances<>(
            PredictRequest.read(body, names, most).rows(),
            (scoring, examples) -> {
              float[][] scores = scoring.scoreTasks(examples);
              return ModelJson.explanations(scores, scoring.explain(examples), scoring);
            });
  }

  /** Scores random instances of a model, so that the first requests find compiled code. */
  public void warmUp(FollowedModel followed, ServedModel model) throws HttpError {
    RandomInstances random = new RandomInstances(model.schema());
    long end = System.nanoTime() + LONGEST_REHEARSAL.toNanos();
    for (int i = 0; i < REHEARSALS * REHEARSED.length && System.nanoTime() < end; i++) {
      byte[] body = random.body(REHEARSED[i % REHEARSED.length]);
      service.rehearse(followed, predict(new ByteArrayInputStream(body)));
    }
  }
}
