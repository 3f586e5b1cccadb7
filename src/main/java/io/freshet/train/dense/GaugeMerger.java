package io.freshet.train.dense;

import io.freshet.model.gauge.Gauge;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.train.LoopSettings;
import io.freshet.train.message.GaugeDelta;
import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardResponse.GaugeValues;
import io.freshet.wire.WireType;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;

/**
 * The owner of the gauge, in the one merger that has its key: adds up what trainers add, and
 * forgets. State has it in a list that every subtask receives whole.
 */
final class GaugeMerger {
  private final ListState<StoredGauge> state;
  private Gauge gauge; // null where another subtask owns it

  GaugeMerger(OperatorStateStore store) throws Exception {
    state =
        store.getUnionListState(new ListStateDescriptor<>("gauge", WireType.of(StoredGauge.class)));
  }

  void open(LoopSettings settings, boolean isWarm, boolean owns) throws Exception {
    if (!owns) {
      return;
    }
    gauge =
        new Gauge(
            settings.schema(),
            settings.model().kind(),
            settings.train().learning().safeguards(),
            true);
    if (isWarm) {
      gauge.startFrom(settings.start().model().gauge(settings.schema()));
    }
    for (StoredGauge stored : state.get()) {
      gauge.restore(stored.fields(), stored.values());
    }
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
    return Optional.ofNullable(gauge).map(Gauge::published);
  }

  void store() throws Exception {
    state.update(
        gauge == null
            ? List.of()
            : List.of(new StoredGauge(gauge.fields(), gauge.values().clone())));
  }
}
