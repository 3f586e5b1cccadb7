package io.freshet.train.loop;

import io.freshet.train.dense.StoredGauge;
import io.freshet.train.dense.StoredSlice;
import io.freshet.train.table.cache.StoredRow;
import io.freshet.wire.WireType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.DoubleStream;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The parameters in a savepoint, bit for bit, read by operators with the ids of the loop's.
 *
 * @param rows the table: {@code updates}, event time, and the bits of parameters and slots, by fid
 * @param slices the dense part: examples, and the bits of parameters and slots, by slice
 * @param gauge all sums of the gauge, from each subtask that owned it
 */
record StateDump(Map<Long, Bits> rows, Map<Integer, Bits> slices, List<List<Double>> gauge) {
  private static final Map<String, StateDump> DUMPS = new ConcurrentHashMap<>();

  /** Numbers to compare exactly: NaN equals itself, and 0 does not equal -0. */
  record Bits(List<Long> counts, List<Integer> floats) {
    static Bits of(List<Long> counts, float[] values) {
      var floats = new ArrayList<Integer>();
      for (float value : values) {
        floats.add(Float.floatToRawIntBits(value));
      }
      return new Bits(counts, floats);
    }
  }

  static StateDump of(String savepoint, String backend, LoopCluster cluster) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(StateBackendOptions.STATE_BACKEND, backend);
    configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    configuration.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true);
    var env = cluster.environment(configuration, 1);
    String id = UUID.randomUUID().toString();
    StateDump dump =
        new StateDump(new ConcurrentHashMap<>(), new ConcurrentHashMap<>(), new ArrayList<>());
    DUMPS.put(id, dump);
    DataStream<Long> one = env.fromSequence(0, 0).uid("nothing");
    one.keyBy(n -> n, Types.LONG)
        .transform("rows", Types.VOID, new LookAtRows(id))
        .uid("embedding-shard");
    one.keyBy(Long::intValue, Types.INT)
        .transform("slices", Types.VOID, new LookAtSlices(id))
        .uid("dense-merger");
    env.execute();
    return DUMPS.remove(id);
  }

  private void take(long fid, StoredRow row) {
    rows.put(fid, Bits.of(List.of(row.updates(), row.lastSeen()), row.values()));
  }

  private void take(List<StoredSlice> stored) {
    stored.sort(Comparator.comparing(StoredSlice::from));
    for (StoredSlice slice : stored) {
      slices.put(slices.size(), Bits.of(List.of(slice.examples()), slice.values()));
    }
  }

  private static final class LookAtSlices extends AbstractStreamOperator<Void>
      implements OneInputStreamOperator<Long, Void> {
    private static final long serialVersionUID = 1L;
    private final String dump;

    LookAtSlices(String dump) {
      this.dump = dump;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
      super.initializeState(context);
      List<StoredSlice> stored = new ArrayList<>();
      context
          .getOperatorStateStore()
          .getUnionListState(
              new ListStateDescriptor<>("dense-slices", WireType.of(StoredSlice.class)))
          .get()
          .forEach(stored::add);
      DUMPS.get(dump).take(stored);
      context
          .getOperatorStateStore()
          .getUnionListState(new ListStateDescriptor<>("gauge", WireType.of(StoredGauge.class)))
          .get()
          .forEach(
              gauge -> DUMPS.get(dump).gauge.add(DoubleStream.of(gauge.values()).boxed().toList()));
    }

    @Override
    public void processElement(StreamRecord<Long> element) {}
  }

  private static final class LookAtRows extends AbstractStreamOperator<Void>
      implements OneInputStreamOperator<Long, Void> {
    private static final long serialVersionUID = 1L;
    private final String dump;

    LookAtRows(String dump) {
      this.dump = dump;
    }

    @Override
    public void open() throws Exception {
      super.open();
      look(getKeyedStateBackend());
    }

    private void look(KeyedStateBackend<Long> backend) throws Exception {
      backend.applyToAllKeys(
          VoidNamespace.INSTANCE,
          VoidNamespaceSerializer.INSTANCE,
          new ValueStateDescriptor<>("embedding-table", WireType.of(StoredRow.class)),
          (Long key, ValueState<StoredRow> row) -> DUMPS.get(dump).take(key, row.value()));
    }

    @Override
    public void processElement(StreamRecord<Long> element) {}
  }
}
