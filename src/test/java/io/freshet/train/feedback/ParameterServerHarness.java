package io.freshet.train.feedback;

import io.freshet.train.message.ShardResponse;
import io.freshet.wire.FullRequest;
import io.freshet.wire.OwnJobMaster;
import io.freshet.wire.WireType;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/** A subtask of a parameter server, on the heap or on RocksDB. */
@SuppressWarnings("try") // the harness' close() may be interrupted; tests pass that on
public class ParameterServerHarness<K, Q>
    extends KeyedOneInputStreamOperatorTestHarness<K, Q, ShardResponse> {
  public static final int MAX_PARALLELISM = 16;

  public final FullRequest request;
  protected final int parallelism;
  protected final int subtask;

  public ParameterServerHarness(
      ParameterServer<Q> operator,
      KeySelector<Q, K> key,
      TypeInformation<K> keyType,
      String backend,
      int parallelism,
      int subtask)
      throws Exception {
    super(operator, key, keyType, MAX_PARALLELISM, parallelism, subtask);
    request = OwnJobMaster.in(getEnvironment());
    this.parallelism = parallelism;
    this.subtask = subtask;
    setStateBackend(
        backend.equals("rocksdb") ? new EmbeddedRocksDBStateBackend() : new HashMapStateBackend());
    setup(WireType.of(ShardResponse.class).serializer());
  }

  /** Sends a request; returns the response, or null if there is none. */
  public final ShardResponse ask(Q request) throws Exception {
    getOutput().clear();
    processElement(new StreamRecord<>(request));
    return getOutput().isEmpty() ? null : extractOutputValues().get(0);
  }

  /** What went to a side output since the last call. */
  public final <T> List<T> taken(OutputTag<T> tag) {
    List<T> values = new ArrayList<>();
    var records = getSideOutput(tag);
    while (records != null && !records.isEmpty()) {
      values.add(records.poll().getValue());
    }
    return values;
  }

  public final OperatorSubtaskState checkpoint(long id) throws Exception {
    prepareSnapshotPreBarrier(id);
    return snapshot(id, id);
  }

  /** Opens with the state of all subtasks, of which there were so many. */
  public final void restore(OperatorSubtaskState state, int before) throws Exception {
    initializeState(repartitionOperatorState(state, MAX_PARALLELISM, before, parallelism, subtask));
    open();
  }

  public final boolean owns(K key) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(key, MAX_PARALLELISM, parallelism)
        == subtask;
  }
}
