package io.freshet.train.table;

import io.freshet.train.state.KeyGroups;
import io.freshet.train.table.cache.StoredRow;
import io.freshet.wire.WireType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalListState;

/**
 * A table's state as Flink's keyed state: rows by fid, and what is known of a key group by a key
 * that belongs to it. Pages are lists, with their number as the namespace. State that a table does
 * not use is not created.
 */
final class KeyedRowState implements RowStateStore {
  static final String ROWS = "embedding-table";
  private static final String PAGES = "seen-pages";

  private final KeyedStateBackend<Object> backend;
  private final KeyGroups groups;
  private final Long[] keys; // of the groups, found when first needed
  private final ValueState<StoredRow> rows;
  private InternalListState<Long, Long, Long> pages;
  private MapState<Integer, long[]> counters;
  private ValueState<byte[]> sketches;

  KeyedRowState(KeyedStateBackend<Object> backend, KeyGroups groups) throws Exception {
    this.backend = backend;
    this.groups = groups;
    keys = new Long[groups.size()];
    rows = state(new ValueStateDescriptor<>(ROWS, WireType.of(StoredRow.class)));
  }

  private <S extends State> S state(StateDescriptor<S, ?> descriptor) throws Exception {
    return backend.getPartitionedState(
        VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
  }

  @Override
  public KeyGroups groups() {
    return groups;
  }

  @Override
  public StoredRow get(long fid) throws Exception {
    backend.setCurrentKey(fid);
    return rows.value();
  }

  @Override
  public void put(long fid, StoredRow row) throws Exception {
    backend.setCurrentKey(fid);
    rows.update(row);
  }

  @Override
  public void delete(long fid) throws Exception {
    backend.setCurrentKey(fid);
    rows.clear();
  }

  @Override
  public void forEachFid(FidVisitor visitor) throws Exception {
    for (long fid : fids()) {
      visitor.visit(fid);
    }
  }

  /** Gathered first: in memory even a read may move entries, which an iterator then misses. */
  private long[] fids() {
    try (Stream<Object> all = backend.getKeys(ROWS, VoidNamespace.INSTANCE)) {
      return all.mapToLong(fid -> (Long) fid).filter(groups::ownsFeature).toArray();
    }
  }

  @Override
  public void append(Page page, long fid) throws Exception {
    at(page).add(fid);
  }

  @Override
  public void appendAll(Page page, List<Long> fids) throws Exception {
    at(page).addAll(List.copyOf(fids));
  }

  @Override
  public List<Long> remove(Page page) throws Exception {
    List<Long> fids = at(page).getInternal();
    pages.clear();
    return fids == null ? List.of() : fids;
  }

  @Override
  public List<Page> pages() throws Exception {
    pageState();
    try (var all = backend.<Long>getKeysAndNamespaces(PAGES)) {
      return all.map(page -> new Page(groups.groupOf((Long) page.f0), page.f1))
          .filter(page -> groups.owns(page.group()))
          .toList();
    }
  }

  private InternalListState<Long, Long, Long> at(Page page) throws Exception {
    pageState();
    setKey(page.group());
    pages.setCurrentNamespace(page.number());
    return pages;
  }

  @SuppressWarnings("unchecked") // what the backends return is an InternalListState of these types
  private void pageState() throws Exception {
    if (pages == null) {
      pages =
          (InternalListState<Long, Long, Long>)
              (Object)
                  backend.getOrCreateKeyedState(
                      LongSerializer.INSTANCE,
                      new ListStateDescriptor<>(PAGES, LongSerializer.INSTANCE));
    }
  }

  @Override
  public Map<Integer, long[]> counters(int group) throws Exception {
    Map<Integer, long[]> byField = new HashMap<>();
    counterState(group).entries().forEach(field -> byField.put(field.getKey(), field.getValue()));
    return byField;
  }

  @Override
  public void putCounters(int group, Map<Integer, long[]> byField) throws Exception {
    counterState(group).clear();
    counters.putAll(byField);
  }

  private MapState<Integer, long[]> counterState(int group) throws Exception {
    if (counters == null) {
      counters =
          state(
              new MapStateDescriptor<>(
                  "table-counts",
                  Types.INT,
                  PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
    }
    setKey(group);
    return counters;
  }

  @Override
  public Optional<byte[]> sketch(int group) throws Exception {
    return Optional.ofNullable(sketchState(group).value());
  }

  @Override
  public void putSketch(int group, byte[] sketch) throws Exception {
    sketchState(group).update(sketch);
  }

  private ValueState<byte[]> sketchState(int group) throws Exception {
    if (sketches == null) {
      sketches =
          state(
              new ValueStateDescriptor<>(
                  "admission-sketch", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    }
    setKey(group);
    return sketches;
  }

  private void setKey(int group) {
    int place = groups.place(group);
    for (long key = 0; keys[place] == null; key++) {
      if (groups.groupOf(key) == group) {
        keys[place] = key;
      }
    }
    backend.setCurrentKey(keys[place]);
  }
}
