package io.freshet.serve.predict;

import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.model.ServedModel;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Answers questions to a scorer. As many are computed at once as there are processors, and of large
 * bodies as many as half of the heap holds once they are read; the others wait. Scorers go from
 * version to version: their memory, some of it outside the heap, is allocated once.
 */
final class PredictionService {
  private static final int PARSED = 8; // bytes of features for a byte of JSON, at worst

  private static final int PART = 1 << 10;

  private final SnapshotFollower follower;
  private final Duration time;
  private final ServeMetrics metrics;
  private final Queue<Scorer> idle = new ConcurrentLinkedQueue<>();
  private final Semaphore processors = new Semaphore(Runtime.getRuntime().availableProcessors());
  private final int parts = (int) Math.min(1 << 30, Runtime.getRuntime().maxMemory() / 2 / PART);
  private final Semaphore memory = new Semaphore(parts, true);

  PredictionService(SnapshotFollower follower, Duration time, ServeMetrics metrics) {
    this.follower = follower;
    this.time = time;
    this.metrics = metrics;
  }

  /**
   * The answer to a question.
   *
   * @param bytes of the body that it came in
   * @param deadline by {@link System#nanoTime}
   */
  <A> A answer(long bytes, long deadline, Question<A> question)
      throws HttpError, InterruptedException {
    int needed = (int) Math.min(parts, 1 + PARSED * bytes / PART);
    acquire(memory, needed, deadline);
    try {
      acquire(processors, 1, deadline);
      try {
        return compute(deadline, question, true);
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

  /** Answers a question that nobody has asked, so nothing is counted. */
  void rehearse(Question<?> question) throws HttpError {
    compute(System.nanoTime() + time.toNanos(), question, false);
  }

  private <A> A compute(long deadline, Question<A> question, boolean counts) throws HttpError {
    A answer;
    Scorer scorer = scorer();
    try (scorer) {
      Scoring scoring = new Scoring(scorer, metrics, deadline, this::late);
      answer = question.answer(scoring);
      if (counts) {
        scoring.count();
      }
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

  static HttpError noModel() {
    return new HttpError(503, "no model has been loaded yet");
  }

  private HttpError late() {
    return new HttpError(503, "not done within " + time.toMillis() + " ms; the server is busy");
  }
}
