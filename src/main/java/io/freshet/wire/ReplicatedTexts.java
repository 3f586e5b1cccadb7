package io.freshet.wire;

import java.util.List;
import java.util.TreeMap;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Texts in operator state that are the same in every subtask, each of which reads one copy.
 *
 * <p>In the state of earlier versions they are a union list of the same name, of which each subtask
 * reads the copies of all; that list is read and not written again.
 */
public final class ReplicatedTexts {
  private final BroadcastState<Integer, String> state; // by their place
  private final List<String> restored;

  public ReplicatedTexts(OperatorStateStore store, String name) throws Exception {
    List<String> old = UnionState.takeOld(store, new ListStateDescriptor<>(name, Types.STRING));
    state = store.getBroadcastState(new MapStateDescriptor<>(name, Types.INT, Types.STRING));
    TreeMap<Integer, String> texts = new TreeMap<>();
    state.entries().forEach(entry -> texts.put(entry.getKey(), entry.getValue()));
    restored = texts.isEmpty() ? old : List.copyOf(texts.values());
  }

  /** Those of the restored state; of an earlier version, perhaps several times. */
  public List<String> restored() {
    return restored;
  }

  /** Replaces them. */
  public void update(List<String> texts) throws Exception {
    state.clear();
    for (int i = 0; i < texts.size(); i++) {
      state.put(i, texts.get(i));
    }
  }
}
