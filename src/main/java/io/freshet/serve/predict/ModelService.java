package io.freshet.serve.predict;

import io.freshet.serve.limit.ExplainLimits;
import io.freshet.serve.limit.RequestLimits;
import io.freshet.serve.request.ByteBudget;
import io.freshet.serve.request.HttpError;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** What the protocols have in common: the models, their budgets, metrics and readiness. */
public final class ModelService {
  private volatile ModelSet models;
  private volatile ReloadState reloads = ReloadState.NONE;
  private final RequestLimits requests;
  private final ExplainLimits explain;
  private final ServeMetrics metrics;
  private final ByteBudget budget;
  private final PredictionService predictions;
  private final Readiness readiness;
  private final Semaphore places;
  private final Semaphore explainPlaces;

  public ModelService(ModelSet models, RequestLimits requests, ExplainLimits explain) {
    this.models = models;
    this.requests = requests;
    this.explain = explain;
    metrics = new ServeMetrics(this::models, InstantSource.system());
    budget = new ByteBudget(requests.bytesInFlight());
    metrics.show(budget);
    predictions = new PredictionService(requests.time());
    readiness = new Readiness(this::models);
    places = new Semaphore(requests.waiting());
    explainPlaces = new Semaphore(explain.waiting());
  }

  /** The models of now. */
  public ModelSet models() {
    return models;
  }

  /** Puts other models in the place of those of now, which answer the requests in flight. */
  public void use(ModelSet next) {
    models = next;
  }

  /** Has a sink take what is answered from now on. */
  public void writeTo(Scored.Sink sink) {
    predictions.writeTo(sink);
  }

  /** Shows what becomes of changes of the models. */
  public void showReloads() {
    metrics.show(this::reloads);
  }

  public ReloadState reloads() {
    return reloads;
  }

  public void reloads(ReloadState state) {
    reloads = state;
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
   * @param name of the model that is asked
   * @param version that is asked for, by its name or its checkpoint
   * @param bytes of the body that it came in
   * @param deadline by {@link System#nanoTime}
   */
  public <A> A answer(
      String name, Optional<String> version, long bytes, long deadline, Question<A> question)
      throws HttpError, InterruptedException {
    return predictions.answer(models.endpoint(name), version, bytes, deadline, question);
  }

  /** Answers a question that nobody has asked: no place is taken and nothing is counted. */
  public void rehearse(FollowedModel model, Question<?> question) throws HttpError {
    predictions.rehearse(model, question);
  }

  /** Refuses explanations where they are switched off. */
  public void checkExplains() throws HttpError {
    if (explain.waiting() == 0) {
      throw new HttpError(404, "explanations are switched off here (--explain-requests 0)");
    }
  }
}
