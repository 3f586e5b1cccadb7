package io.freshet.serve.http.v1;

import static io.freshet.serve.request.HttpError.bad;

import io.freshet.model.Tasks;
import io.freshet.serve.model.ServedModel;
import io.freshet.serve.predict.FollowedModel;
import io.freshet.serve.predict.Instances;
import io.freshet.serve.predict.ModelService;
import io.freshet.serve.predict.Question;
import io.freshet.serve.request.HttpError;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
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

  /** The same, and what each field adds to the logit of the task that the body names. */
  public Question<byte[]> explain(InputStream body) {
    int most = service.explain().instances();
    return names -> {
      PredictRequest request = PredictRequest.readToExplain(body, names, most);
      return new Instances<>(
          request.rows(),
          (scoring, examples) -> {
            int task = place(request.task(), scoring.model().tasks());
            float[][] scores = scoring.scoreTasks(examples);
            return ModelJson.explanations(scores, scoring.explain(examples, task), task, scoring);
          });
    };
  }

  /** The place of a task; the first where none is named. */
  private static int place(Optional<String> named, Tasks tasks) throws HttpError {
    if (named.isEmpty()) {
      return 0;
    }
    int place = tasks.names().indexOf(named.get());
    if (place < 0) {
      throw bad(
          "there is no task \"%s\"; expected %s"
              .formatted(
                  named.get(),
                  tasks.areSeveral()
                      ? String.join(", ", tasks.names())
                      : "none, as the model has one without a name"));
    }
    return place;
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
