package io.freshet.serve.predict;

import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.limit.ExplainLimits;
import io.freshet.serve.limit.RequestLimits;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;

/** What the protocols have in common: the model, its budgets, its metrics and its readiness. */
public final class ModelService {
  private final NamedModel served;
  private final RequestLimits requests;
  private final ExplainLimits explain;
  private final ServeMetrics metrics;
  private final ByteBudget budget;
  private final PredictionService predictions;
  private final Readiness readiness;
  private final Semaphore places;
  private final Semaphore explainPlaces;

  public ModelService(NamedModel served, RequestLimits requests, ExplainLimits explain) {
    this.served = served;
    this.requests = requests;
    this.explain = explain;
    SnapshotFollower follower = served.follower();
    metrics = new ServeMetrics(follower, InstantSource.system());
    budget = new ByteBudget(requests.bytesInFlight());
    metrics.show(budget);
    predictions = new PredictionService(follower, requests.time(), metrics);
    readiness = new Readiness(follower);
    places = new Semaphore(requests.waiting());
    explainPlaces = new Semaphore(explain.waiting());
  }

  public NamedModel served() {
    return served;
  }

  public RequestLimits requests() {
    return requests;
  }

  public ExplainLimits explain() {
    return explain;
  }

  public ServeMetrics metrics() {
    return metrics;
  }

  /** The bytes that bodies and responses hold. */
  public ByteBudget budget() {
    return budget;
  }

  public Readiness readiness() {
    return readiness;
  }

  /** What is computed while a place is held. */
  public interface Work<A> {
    A run() throws HttpError, InterruptedException;
  }

  /** Computes in one of the places for requests whose body is complete; refused without one. */
  public <A> A inPlace(boolean explains, Work<A> work) throws HttpError, InterruptedException {
    Semaphore own = explains ? explainPlaces : places;
    if (!own.tryAcquire()) {
      throw new HttpError(429, "as many requests are in flight as allowed");
    }
    try {
      return work.run();
    } finally {
      own.release();
    }
  }

  /**
   * The answer to a question.
   *
   * @param bytes of the body that it came in
   * @param deadline by {@link System#nanoTime}
   */
  public <A> A answer(long bytes, long deadline, Question<A> question)
      throws HttpError, InterruptedException {
    return predictions.answer(bytes, deadline, question);
  }

  /** Answers a question that nobody has asked: no place is taken and nothing is counted. */
  public void rehearse(Question<?> question) throws HttpError {
    predictions.rehearse(question);
  }

  /** Refuses explanations where they are switched off. */
  public void checkExplains() throws HttpError {
    if (explain.waiting() == 0) {
      throw new HttpError(404, "explanations are switched off here (--explain-requests 0)");
    }
  }
}
