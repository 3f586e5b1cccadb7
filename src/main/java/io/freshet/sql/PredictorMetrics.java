package io.freshet.sql;

import io.freshet.serve.follow.FollowerState;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.ServedModel;
import java.time.Duration;
import java.time.Instant;
import java.util.function.ToDoubleFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** What a subtask says of its model, below the group {@code model} of its operator. */
final class PredictorMetrics {
  private static final double MILLIS = 1000;

  private final SnapshotFollower follower;
  private final Counter unscored;

  PredictorMetrics(MetricGroup operator, SnapshotFollower follower) {
    this.follower = follower;
    MetricGroup group = operator.addGroup("model");
    unscored = group.counter("unscored_rows");
    gauge(group, "checkpoint", model -> model.version().checkpoint());
    gauge(group, "rows", ServedModel::size);
    gauge(group, "freshness_seconds", PredictorMetrics::freshness);
    group.gauge("follower_failing", (Gauge<Integer>) this::failing);
  }

  /** Counts a row without a probability. */
  void unscored() {
    unscored.inc();
  }

  private void gauge(MetricGroup group, String name, ToDoubleFunction<ServedModel> value) {
    group.gauge(
        name, (Gauge<Double>) () -> follower.model().map(value::applyAsDouble).orElse(Double.NaN));
  }

  private static double freshness(ServedModel model) {
    return model
        .freshness(Instant.now())
        .map(Duration::toMillis)
        .map(m -> m / MILLIS)
        .orElse(Double.NaN);
  }

  private int failing() {
    return follower.state().kind() == FollowerState.Kind.FAILING ? 1 : 0;
  }
}
