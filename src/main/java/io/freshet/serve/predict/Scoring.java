package io.freshet.serve.predict;

import io.freshet.event.FeatureValues;
import io.freshet.event.RejectedException;
import io.freshet.feature.example.Example;
import io.freshet.model.kind.Explanation;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.model.ServedModel;
import io.freshet.serve.request.Enormous;
import io.freshet.serve.request.HttpError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A scorer of one version in the service of one request, up to the request's deadline. */
public final class Scoring {
  private static final Logger LOG = LoggerFactory.getLogger(Scoring.class);

  private final Scorer scorer;
  private final ScoreCounts counts;
  private final Optional<String> scoredBy;
  private final long deadline;
  private final Supplier<HttpError> late;
  private final long lookups; // of the scorer, before
  private final long unknown;
  private float[][] scores = new float[1][0]; // by task

  Scoring(
      Scorer scorer,
      ScoreCounts counts,
      Optional<String> scoredBy,
      long deadline,
      Supplier<HttpError> late) {
    this.scorer = scorer;
    this.counts = counts;
    this.scoredBy = scoredBy;
    this.deadline = deadline;
    this.late = late;
    lookups = scorer.lookups();
    unknown = scorer.unknownIds();
  }

  /** The version that everything is computed with. */
  public ServedModel model() {
    return scorer.model();
  }

  /** The model of several that answers. */
  public Optional<String> scoredBy() {
    return scoredBy;
  }

  /**
   * Encodes the features of instances; a mistake is refused with the instance and the feature.
   *
   * @param time of the request
   */
  List<Example> encode(List<FeatureValues> instances, Instant time) throws HttpError {
    List<Example> examples = new ArrayList<>(instances.size());
    for (FeatureValues features : instances) {
      try {
        examples.add(scorer.encode(features.by(scorer.names()), time.toEpochMilli()));
      } catch (RejectedException e) {
        throw new HttpError(400, "instances[" + examples.size() + "]." + e.getMessage());
      }
    }
    return examples;
  }

  /**
   * The probabilities of examples, by task; refused where one is no number, or the time is over.
   */
  public float[][] scoreTasks(List<Example> examples) throws HttpError {
    scores = new float[model().tasks().size()][examples.size()];
    for (int from = 0; from < examples.size(); from += Scorer.CHUNK) {
      checkTime();
      int to = Math.min(from + Scorer.CHUNK, examples.size());
      float[][] chunk = scorer.scoreTasks(examples.subList(from, to));
      for (int task = 0; task < scores.length; task++) {
        System.arraycopy(chunk[task], 0, scores[task], from, to - from);
      }
    }
    for (float[] its : scores) {
      checkFinite(examples, its);
    }
    return scores;
  }

  /** What each field adds to a task's logit of each example. */
  public List<Explanation> explain(List<Example> examples, int task) throws HttpError {
    List<Explanation> explanations = new ArrayList<>();
    for (Example example : examples) {
      checkTime();
      explanations.add(scorer.explain(example, task));
    }
    return explanations;
  }

  /** Refuses scores that are no numbers: for an enormous input, or as the model's own fault. */
  private void checkFinite(List<Example> examples, float[] scores) throws HttpError {
    for (int i = 0; i < scores.length; i++) {
      if (!Float.isFinite(scores[i])) {
        Optional<String> field = Enormous.field(examples.get(i), model().schema());
        if (field.isPresent()) {
          throw new HttpError(
              400,
              "instances[%s].features.%s is so large that there is no score; expected a number near those learned from"
                  .formatted(i, field.get()));
        }
        counts.notFinite();
        LOG.error("version {} has no finite score for an instance", model().version());
        throw new HttpError(
            500,
            "version %s has no finite score for instances[%s]".formatted(model().version(), i));
      }
    }
  }

  /** What {@link #scoreTasks} has said of the first task. */
  float[] scores() {
    return scores[0];
  }

  /** Counts what was scored. */
  void count() {
    counts.scored(scores[0].length, scorer.lookups() - lookups, scorer.unknownIds() - unknown);
  }

  private void checkTime() throws HttpError {
    if (System.nanoTime() > deadline) {
      throw late.get();
    }
  }
}
