package io.freshet.wire;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;

/**
 * A list in operator state that every subtask receives whole when it is restored, and that only
 * subtasks which own a part of it write.
 *
 * <p>Flink hands the file of each subtask that has such a list, even an empty one, to every other:
 * with P of them, P² files are opened. So the list is absent from checkpoints of subtasks that own
 * nothing of it, and as many files are opened as there are owners, by each.
 *
 * @param <T> the type of the elements
 */
public final class UnionState<T> {
  private final OperatorStateStore store;
  private final String name;
  private final ListState<T> state;
  private List<T> restored;

  public UnionState(OperatorStateStore store, ListStateDescriptor<T> descriptor) throws Exception {
    this.store = requireNonNull(store, "store");
    name = descriptor.getName();
    state = store.getUnionListState(descriptor);
    restored = new ArrayList<>();
    state.get().forEach(restored::add);
    state.clear();
  }

  /**
   * What a list of an earlier version holds, which is not written again: nothing where there is no
   * such list.
   */
  public static <T> List<T> takeOld(OperatorStateStore store, ListStateDescriptor<T> descriptor)
      throws Exception {
    return store.getRegisteredStateNames().contains(descriptor.getName())
        ? new UnionState<>(store, descriptor).take(false)
        : List.of();
  }

  /**
   * What all subtasks wrote; to be called once.
   *
   * @param owns whether this subtask owns a part, that is, whether its checkpoints have the list
   */
  public List<T> take(boolean owns) {
    if (!owns) {
      store.getRegisteredStateNames().remove(name); // the names are a view of the states
    }
    List<T> all = restored;
    restored = List.of();
    return all;
  }

  /** Writes the part of this subtask, if it owns one. */
  public void update(List<T> own) throws Exception {
    state.update(own);
  }
}
