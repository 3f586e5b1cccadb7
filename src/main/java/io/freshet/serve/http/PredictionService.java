package io.freshet.serve.http;

import io.freshet.feature.example.Example;
import io.freshet.model.kind.Explanation;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.model.ServedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Answers the body of a prediction. As many are computed at once as there are processors; the
 * others wait, for they would only slow each other down and hold scratch memory meanwhile. Scorers
 * go from version to version: their memory, some of it outside the heap, is allocated once.
 */
final class PredictionService {
  private final SnapshotFollower follower;
  private final ServeSettings settings;
  private final ServeMetrics metrics;
  private final Queue<Scorer> idle = new ConcurrentLinkedQueue<>();
  private final Semaphore processors = new Semaphore(Runtime.getRuntime().availableProcessors());

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
  byte[] answer(Route.Kind question, byte[] body, long deadline)
      throws HttpError, InterruptedException {
    if (!processors.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
      throw late();
    }
    try {
      byte[] answer;
      Scorer scorer = scorer();
      try (scorer) {
        answer = answer(question, body, scorer, deadline);
      }
      idle.add(scorer); // one that threw may be in any state and is left to the collector
      return answer;
    } finally {
      processors.release();
    }
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

  private byte[] answer(Route.Kind question, byte[] body, Scorer scorer, long deadline)
      throws HttpError {
    List<Example> examples = PredictRequest.read(body, scorer, settings.maxInstances());
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
    metrics.scored(scores.length, scorer.lookups() - lookups, scorer.unknownIds() - unknown);
    return scores;
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
        503, "not done within " + settings.patience().toMillis() + " ms; the server is busy");
  }
}
