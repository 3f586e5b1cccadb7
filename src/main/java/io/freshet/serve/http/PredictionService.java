package io.freshet.serve.http;

import io.freshet.feature.example.Example;
import io.freshet.model.kind.Explanation;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.model.ServedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the body of a prediction. As many are computed at once as there are processors, and of
 * large bodies as many as half of the heap holds once they are read; the others wait. Scorers go
 * from version to version: their memory, some of it outside the heap, is allocated once.
 */
final class PredictionService {
  private static final Logger LOG = LoggerFactory.getLogger(PredictionService.class);
  private static final int PARSED = 8; // bytes of features for a byte of JSON, at worst

  private static final int PART = 1 << 10;

  private final SnapshotFollower follower;
  private final ServeSettings settings;
  private final ServeMetrics metrics;
  private final Queue<Scorer> idle = new ConcurrentLinkedQueue<>();
  private final Semaphore processors = new Semaphore(Runtime.getRuntime().availableProcessors());
  private final int parts = (int) Math.min(1 << 30, Runtime.getRuntime().maxMemory() / 2 / PART);
  private final Semaphore memory = new Semaphore(parts, true);

  PredictionService(SnapshotFollower follower, ServeSettings settings, ServeMetrics metrics) {
    this.follower = follower;
    this.settings = settings;
    this.metrics = metrics;
  }

  /**
   * The answer's body.
   *
   * @param question to predict, or to explain
   * @param deadline by {@link System#nanoTime}
   */
  byte[] answer(Route.Kind question, BodyBuffer body, long deadline)
      throws HttpError, InterruptedException {
    int needed = (int) Math.min(parts, 1 + (long) PARSED * body.size() / PART);
    acquire(memory, needed, deadline);
    try {
      acquire(processors, 1, deadline);
      try {
        return compute(question, body, deadline);
      } finally {
        processors.release();
      }
    } finally {
      memory.release(needed);
    }
  }

  private void acquire(Semaphore semaphore, int permits, long deadline)
      throws HttpError, InterruptedException {
    if (!semaphore.tryAcquire(permits, deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
      throw late();
    }
  }

  private byte[] compute(Route.Kind question, BodyBuffer body, long deadline) throws HttpError {
    byte[] answer;
    Scorer scorer = scorer();
    try (scorer) {
      answer = answer(question, body, scorer, deadline);
    }
    idle.add(scorer); // one that threw may be in any state and is left to the collector
    return answer;
  }

  /** A scorer of the version of now; a newer one never reaches into it. */
  private Scorer scorer() throws HttpError {
    ServedModel model = follower.hold().orElseThrow(PredictionService::noModel);
    try {
      Scorer scorer = idle.poll();
      if (scorer == null || !scorer.fits(model)) {
        return model.newScorer();
      }
      scorer.reopen(model);
      return scorer;
    } finally {
      model.release();
    }
  }

  private byte[] answer(Route.Kind question, BodyBuffer body, Scorer scorer, long deadline)
      throws HttpError {
    int most =
        question == Route.Kind.EXPLAIN
            ? settings.explain().instances()
            : settings.requests().instances();
    List<Example> examples = PredictRequest.read(body.stream(), scorer, most);
    float[] scores = score(examples, scorer, deadline);
    if (question == Route.Kind.PREDICT) {
      return ModelJson.predictions(scores, scorer.model());
    }
    List<Explanation> explanations = new ArrayList<>();
    for (Example example : examples) {
      checkTime(deadline);
      explanations.add(scorer.explain(example));
    }
    return ModelJson.explanations(scores, explanations, scorer.model());
  }

  private float[] score(List<Example> examples, Scorer scorer, long deadline) throws HttpError {
    long lookups = scorer.lookups();
    long unknown = scorer.unknownIds();
    float[] scores = new float[examples.size()];
    for (int from = 0; from < scores.length; from += Scorer.CHUNK) {
      checkTime(deadline);
      int to = Math.min(from + Scorer.CHUNK, scores.length);
      System.arraycopy(scorer.score(examples.subList(from, to)), 0, scores, from, to - from);
    }
    checkFinite(examples, scores, scorer.model());
    metrics.scored(scores.length, scorer.lookups() - lookups, scorer.unknownIds() - unknown);
    return scores;
  }

  /** Refuses scores that are no numbers: for an enormous input, or as the model's own fault. */
  private void checkFinite(List<Example> examples, float[] scores, ServedModel model)
      throws HttpError {
    for (int i = 0; i < scores.length; i++) {
      if (!Float.isFinite(scores[i])) {
        Optional<String> field = Enormous.field(examples.get(i), model.schema());
        if (field.isPresent()) {
          throw new HttpError(
              400,
              "instances[%s].features.%s is so large that there is no score; expected a number near those learned from"
                  .formatted(i, field.get()));
        }
        metrics.notFinite();
        LOG.error("version {} has no finite score for an instance", model.version());
        throw new HttpError(
            500, "version %s has no finite score for instances[%s]".formatted(model.version(), i));
      }
    }
  }

  private void checkTime(long deadline) throws HttpError {
    if (System.nanoTime() > deadline) {
      throw late();
    }
  }

  static HttpError noModel() {
    return new HttpError(503, "no model has been loaded yet");
  }

  private HttpError late() {
    return new HttpError(
        503,
        "not done within " + settings.requests().time().toMillis() + " ms; the server is busy");
  }
}
