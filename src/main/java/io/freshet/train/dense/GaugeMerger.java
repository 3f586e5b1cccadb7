package io.freshet.train.dense;

import io.freshet.model.gauge.Gauge;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.train.LoopSettings;
import io.freshet.train.message.GaugeDelta;
import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardResponse.GaugeValues;
import io.freshet.train.state.StoredShape;
import io.freshet.wire.UnionState;
import io.freshet.wire.WireType;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.metrics.MetricGroup;

/**
 * The owner of the gauge, in the one merger that has its key: adds up what trainers add, and
 * forgets. State has it in a list that every subtask receives whole.
 */
final class GaugeMerger {
  private final UnionState<StoredGauge> state;
  private Gauge gauge; // null where another subtask owns it
  private volatile ExpertWeights weights; // as last published

  GaugeMerger(OperatorStateStore store) throws Exception {
    state =
        new UnionState<>(store, new ListStateDescriptor<>("gauge", WireType.of(StoredGauge.class)));
  }

  void open(LoopSettings settings, StoredShape shape, boolean owns) throws Exception {
    List<StoredGauge> restored = state.take(owns);
    if (!owns) {
      return;
    }
    gauge =
        new Gauge(
            settings.schema(), settings.model(), settings.train().learning().safeguards(), true);
    List<String> tasks = shape.before().map(was -> was.network().tasks()).orElse(List.of());
    if (shape.isWarm()) {
      gauge.startFrom(settings.start().model().gauge(settings.schema()), tasks);
    }
    for (StoredGauge stored : restored) {
      gauge.restore(stored.fields(), stored.values(), tasks);
    }
  }

  /** Lets the mixture trust all experts as at first. */
  void restartMixture() {
    if (gauge != null) {
      gauge.restartMixture();
    }
  }

  /** Publishes the weights of the experts, where this subtask owns the gauge. */
  void publish(MetricGroup metrics) {
    if (gauge == null) {
      return;
    }
    weights = new ExpertWeights(gauge.published());
    metrics.gauge("expert_weight_base_rate", () -> weights.baseRate());
    metrics.gauge("expert_weight_first_order", () -> weights.firstOrder());
    metrics.gauge("expert_weight_model", () -> weights.model());
  }

  void merge(GaugeDelta delta) {
    if (delta.isWhole() && delta.added().length > 0) {
      gauge.set(delta.added());
    } else if (delta.added().length > 0) {
      gauge.merge(delta.added());
    }
  }

  GaugeValues response(ReplyTo to) {
    return new GaugeValues(to, gauge.values().clone());
  }

  /** What a snapshot holds of it; nothing where another subtask owns it. */
  Optional<PublishedGauge> published() {
    Optional<PublishedGauge> published = Optional.ofNullable(gauge).map(Gauge::published);
    published.ifPresent(now -> weights = weights.next(now));
    return published;
  }

  void store() throws Exception {
    if (gauge != null) {
      state.update(List.of(new StoredGauge(gauge.fields(), gauge.values().clone())));
    }
  }
}
