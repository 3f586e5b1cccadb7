package io.freshet.serve.predict;

import io.freshet.serve.model.Scorer;
import io.freshet.serve.request.FeatureRows;
import io.freshet.serve.request.HttpError;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Answers questions to a scorer. As many are computed at once as there are processors, and of large
 * bodies as many as half of the heap holds once they are read; the others wait.
 */
final class PredictionService {
  private static final int PARSED = 8; // bytes of features for a byte of JSON, at worst

  private static final int PART = 1 << 10;

  private final Duration time;
  private final Semaphore processors = new Semaphore(Runtime.getRuntime().availableProcessors());
  private final int parts = (int) Math.min(1 << 30, Runtime.getRuntime().maxMemory() / 2 / PART);
  private final Semaphore memory = new Semaphore(parts, true);

  private final Shadows shadows = new Shadows(() -> processors.availablePermits() == 0);

  private final InstantSource clock = InstantSource.system();
  private volatile Scored.Sink sink = scored -> {};

  PredictionService(Duration time) {
    this.time = time;
  }

  /**
   * The answer to a question.
   *
   * @param version that is asked for, by its name or its checkpoint
   * @param bytes of the body that it came in
   * @param deadline by {@link System#nanoTime}
   */
  <A> A answer(
      Endpoint endpoint, Optional<String> version, long bytes, long deadline, Question<A> question)
      throws HttpError, InterruptedException {
    int needed = (int) Math.min(parts, 1 + PARSED * bytes / PART);
    acquire(memory, needed, deadline);
    try {
      acquire(processors, 1, deadline);
      try {
        return compute(endpoint, version, deadline, question, true);
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
  void rehearse(FollowedModel model, Question<?> question) throws HttpError {
    long deadline = System.nanoTime() + time.toNanos();
    compute(Endpoint.of(model), Optional.empty(), deadline, question, false);
  }

  private <A> A compute(
      Endpoint endpoint,
      Optional<String> version,
      long deadline,
      Question<A> question,
      boolean counts)
      throws HttpError {
    try (HeldArms arms = new HeldArms(endpoint)) {
      Instances<A> instances = question.read(arms.names());
      Endpoint.Arm arm = arms.pick(version, instances.rows().features());
      Scorer scorer = arm.followed().scorer(arm.model());
      A answer;
      try (scorer) {
        Optional<String> scoredBy = endpoint.split().flatMap(split -> arm.followed().name());
        Scoring scoring =
            new Scoring(scorer, arm.followed().counts(), scoredBy, deadline, this::late);
        Instant now = clock.instant();
        answer = instances.reply().of(scoring, scoring.encode(instances.rows().features(), now));
        if (counts) {
          scoring.count();
          hand(endpoint, arm, now, instances.rows(), scoring.scores());
        }
      }
      arm.followed().giveBack(scorer); // one that threw may be in any state and is left
      return answer;
    }
  }

  /** Hands what was answered to shadows, and then to the sink. */
  private void hand(
      Endpoint endpoint, Endpoint.Arm arm, Instant time, FeatureRows rows, float[] scores) {
    Scored scored =
        new Scored(
            time,
            endpoint.name().orElse(""),
            arm.followed().name(),
            arm.model().version(),
            rows,
            scores,
            Map.of());
    shadows.offer(endpoint.shadows(), scored, sink);
  }

  /** Has a sink take what is answered from now on. */
  void writeTo(Scored.Sink newSink) {
    sink = newSink;
  }

  static HttpError noModel() {
    return new HttpError(503, "no model has been loaded yet");
  }

  private HttpError late() {
    return new HttpError(503, "not done within " + time.toMillis() + " ms; the server is busy");
  }
}
