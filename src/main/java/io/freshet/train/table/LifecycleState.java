package io.freshet.train.table;

import io.freshet.train.state.KeyGroups;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalListState;

/**
 * The keyed state of a table whose features may lose their rows, beside the rows themselves.
 *
 * @param table name of the state that holds the rows
 */
record LifecycleState(KeyedStateBackend<Object> backend, KeyGroups groups, String table) {
  private static final String PAGES = "seen-pages";

  /** Features by when they were seen. */
  @SuppressWarnings("unchecked") // what the backends return is an InternalListState of these types
  InternalListState<Long, Long, Long> pages() throws Exception {
    return (InternalListState<Long, Long, Long>)
        (Object)
            backend.getOrCreateKeyedState(
                LongSerializer.INSTANCE, new ListStateDescriptor<>(PAGES, LongSerializer.INSTANCE));
  }

  MapState<Integer, long[]> counts() throws Exception {
    return ofKeys(
        new MapStateDescriptor<>(
            "table-counts", Types.INT, PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
  }

  ValueState<byte[]> sketch() throws Exception {
    return ofKeys(
        new ValueStateDescriptor<>(
            "admission-sketch", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
  }

  private <S extends State> S ofKeys(StateDescriptor<S, ?> descriptor) throws Exception {
    return backend.getPartitionedState(
        VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
  }

  /** All pages, by the key and the number that they lie under. */
  List<Tuple2<Long, Long>> allPages() {
    try (Stream<Tuple2<Object, Long>> pages = backend.getKeysAndNamespaces(PAGES)) {
      return pages
          .map(page -> Tuple2.of((Long) page.f0, page.f1))
          .filter(page -> groups.owns(groups.of(page.f0)))
          .toList();
    }
  }

  /** Features of which anything is known, to be closed after use. */
  Stream<Long> allFeatures() {
    return backend
        .getKeys(table, VoidNamespace.INSTANCE)
        .map(Long.class::cast)
        .filter(fid -> groups.owns(groups.of(fid)));
  }
}
