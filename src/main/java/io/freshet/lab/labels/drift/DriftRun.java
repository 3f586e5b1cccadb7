package io.freshet.lab.labels.drift;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.join.JoinSettings;
import io.freshet.join.LabelDefinition;
import io.freshet.lab.labels.LabelTraffic;
import io.freshet.lab.labels.StreamRun;
import io.freshet.lab.labels.drift.DriftOptions.DriftSettings;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.Predictions;
import io.freshet.model.kind.Predictor;
import io.freshet.model.learn.LocalLearner;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A learner that follows a stream of drifting tastes, and models that follow it less.
 *
 * <p>Each model predicts an impression as it was when that was shown: the learner's as of its last
 * synchronization, by the minute or less often; one retrained in batch at the end of a day, which
 * takes no time here; one from the end of the warm-up. In addition, what the learner predicts just
 * before it learns an example, and the true probabilities.
 */
final class DriftRun extends StreamRun {
  static final long DAY = Duration.ofDays(1).toMillis();
  static final String LEARNER = "learner itself";
  static final String RETRAINED = "retrained daily";
  static final String FROZEN = "frozen";
  static final String BEST = "best reachable";
  static final String EVERY_MINUTE = "synced every 1 min";

  private static final long MINUTE = Duration.ofMinutes(1).toMillis();

  private final long start;
  private final long from; // when measuring begins
  private final LocalLearner learner;
  private final Retraining retraining;
  private final Map<ComparedModel, Duration> synced = new LinkedHashMap<>();
  private final ComparedModel itself;
  private final ComparedModel retrained;
  private final ComparedModel frozen;
  private final ComparedModel best;
  private final List<EncodedImpression> shown = new ArrayList<>(); // since the last minute began

  DriftRun(DriftSettings settings) {
    super(
        settings.traffic(),
        JoinSettings.DEFAULT.withDefinition(LabelDefinition.click("clicks", DriftOptions.WINDOW)));
    start = LabelTraffic.time(traffic.events().get(0));
    from = start + settings.warmUp() * DAY;
    learner = new LocalLearner(traffic.schema(), ModelSettings.DEFAULT, LearningSettings.DEFAULT);
    retraining = new Retraining(traffic.schema(), settings.window());
    int days = settings.days() - settings.warmUp();
    synced.put(new ComparedModel(EVERY_MINUTE, days), Duration.ofMinutes(1));
    synced.put(new ComparedModel("synced every 30 min", days), Duration.ofMinutes(30));
    synced.put(new ComparedModel("synced every 1 h", days), Duration.ofHours(1));
    synced.put(new ComparedModel("synced every 5 h", days), Duration.ofHours(5));
    synced.put(new ComparedModel("synced every 24 h", days), Duration.ofHours(24));
    itself = new ComparedModel(LEARNER, days);
    retrained = new ComparedModel(RETRAINED, days);
    frozen = new ComparedModel(FROZEN, days);
    best = new ComparedModel(BEST, days);
  }

  /** Returns the models, those that know more first. */
  List<ComparedModel> run() {
    long next = start + MINUTE;
    for (Object event : traffic.events()) {
      for (; LabelTraffic.time(event) >= next; next += MINUTE) {
        endMinute(next);
      }
      if (event instanceof EncodedImpression impression) {
        shown.add(impression);
      }
      join(LabelTraffic.time(event), event);
    }
    predict(next - MINUTE);
    end();
    List<ComparedModel> all = new ArrayList<>(List.of(best, itself));
    all.addAll(synced.keySet());
    all.addAll(List.of(retrained, frozen));
    return all;
  }

  private void endMinute(long time) {
    predict(time - MINUTE);
    join.advanceTo(time - 1);
    learn();
    if ((time - start) % DAY == 0) {
      retraining.endDay();
      if (time >= from) {
        retrained.serve(retraining.train());
      }
    }
    if (time == from) {
      frozen.serve(learner.predictorOfNow());
      synced.keySet().forEach(one -> one.serve(learner.predictorOfNow()));
    } else if (time > from) {
      synced.forEach((one, interval) -> synchronize(one, interval, time));
    }
  }

  private void synchronize(ComparedModel one, Duration interval, long time) {
    if ((time - start) % interval.toMillis() == 0) {
      one.serve(learner.predictorOfNow());
    }
  }

  private void predict(long minute) {
    if (minute >= from && !shown.isEmpty()) {
      for (EncodedImpression impression : shown) {
        best(impression);
      }
      synced.keySet().forEach(one -> one.predict(shown, traffic, from));
      retrained.predict(shown, traffic, from);
      frozen.predict(shown, traffic, from);
    }
    shown.clear();
  }

  private void best(EncodedImpression impression) {
    double truth = traffic.truth(impression.id()).probability();
    best.add(impression.id(), impression.example().user(), (float) truth, traffic, from);
  }

  @Override
  public void example(LabeledExample example) {
    retraining.add(example);
    super.example(example);
  }

  @Override
  protected void learn(List<LabeledExample> batch) {
    Predictions predictions = learner.learn(batch);
    for (int i = 0; i < batch.size(); i++) {
      LabeledExample of = batch.get(i);
      itself.add(
          of.impressionId(), of.example().user(), predictions.probabilities()[i], traffic, from);
    }
  }

  /**
   * A model trained again in batch: from its random start, one pass over the last days' examples in
   * the order of their labels, with the optimizers and rates of the stream.
   */
  private static final class Retraining {
    private final FeatureSchema schema;
    private final int window; // days
    private final Deque<List<LabeledExample>> days = new ArrayDeque<>(List.of(new ArrayList<>()));

    Retraining(FeatureSchema schema, int window) {
      this.schema = schema;
      this.window = window;
    }

    void add(LabeledExample example) {
      days.getLast().add(example);
    }

    void endDay() {
      days.add(new ArrayList<>());
      if (days.size() > window + 1) {
        days.removeFirst();
      }
    }

    /** The model of the days that have ended. */
    Predictor train() {
      LocalLearner learner =
          new LocalLearner(schema, ModelSettings.DEFAULT, LearningSettings.DEFAULT);
      for (List<LabeledExample> day : days) {
        for (int from = 0; from < day.size(); from += BATCH) {
          learner.learn(day.subList(from, Math.min(day.size(), from + BATCH)));
        }
      }
      learner.flushDense();
      return learner.predictor();
    }
  }
}
