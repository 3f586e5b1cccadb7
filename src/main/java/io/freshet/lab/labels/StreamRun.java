package io.freshet.lab.labels;

import io.freshet.event.Click;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.join.FinalLabel;
import io.freshet.join.JoinOutput;
import io.freshet.join.JoinSettings;
import io.freshet.join.operator.LocalJoin;
import io.freshet.lab.labels.LabelTraffic.Secret;
import io.freshet.model.batch.Predictions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Learns a simulated stream in batches, in event time and in one thread. Events go through the same
 * join as in the job, but there is no Kafka and no Flink, so an hour of traffic takes a second.
 */
public abstract class StreamRun implements JoinOutput {
  protected static final int BATCH = 64;

  protected final LabelTraffic traffic;
  protected final LocalJoin join;
  private final List<LabeledExample> batch = new ArrayList<>();

  protected StreamRun(LabelTraffic traffic, JoinSettings settings) {
    this.traffic = traffic;
    join = new LocalJoin(settings, this);
  }

  /** Learns a batch, which may be empty. */
  protected abstract void learn(List<LabeledExample> batch);

  /** Advances event time to an event, then joins it. */
  protected final void join(long time, Object event) {
    join.advanceTo(time - 1);
    if (event instanceof EncodedImpression impression) {
      join.impression(impression);
    } else if (event instanceof Click click) {
      join.click(click);
    }
  }

  /** Decides and learns everything that still waits. */
  protected final void end() {
    join.advanceTo(Long.MAX_VALUE);
    learn();
  }

  protected final void learn() {
    learn(batch);
    batch.clear();
  }

  @Override
  public void example(LabeledExample example) {
    batch.add(example);
    if (batch.size() == BATCH) {
      learn();
    }
  }

  @Override
  public final void lateClick(Click click) {}

  @Override
  public final void finalLabel(FinalLabel label) {}

  final void eachScore(Predictions predictions, BiConsumer<Secret, Float> to) {
    for (int i = 0; i < predictions.scoredKeys().length; i++) {
      to.accept(traffic.truths().get(predictions.scoredKeys()[i]), predictions.scores()[i]);
    }
  }
}
