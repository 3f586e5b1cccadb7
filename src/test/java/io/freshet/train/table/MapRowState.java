package io.freshet.train.table;

import io.freshet.train.state.KeyGroups;
import io.freshet.train.table.cache.StoredRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A table's state in maps, which several shards may share. */
final class MapRowState implements RowStateStore {
  final Map<Long, StoredRow> rows;
  private final KeyGroups groups;
  private final Map<Page, List<Long>> pages;
  private final Map<Integer, Map<Integer, long[]>> counters;
  private final Map<Integer, byte[]> sketches;
  int pagesPutBack;

  MapRowState(KeyGroups groups) {
    this(groups, new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
  }

  private MapRowState(
      KeyGroups groups,
      Map<Long, StoredRow> rows,
      Map<Page, List<Long>> pages,
      Map<Integer, Map<Integer, long[]>> counters,
      Map<Integer, byte[]> sketches) {
    this.groups = groups;
    this.rows = rows;
    this.pages = pages;
    this.counters = counters;
    this.sketches = sketches;
  }

  /** The same state as a shard of other key groups sees it. */
  MapRowState of(KeyGroups others) {
    return new MapRowState(others, rows, pages, counters, sketches);
  }

  @Override
  public KeyGroups groups() {
    return groups;
  }

  @Override
  public StoredRow get(long fid) {
    return rows.get(fid);
  }

  @Override
  public void put(long fid, StoredRow row) {
    rows.put(fid, row);
  }

  @Override
  public void delete(long fid) {
    rows.remove(fid);
  }

  @Override
  public void forEachFid(FidVisitor visitor) throws Exception {
    for (long fid : List.copyOf(rows.keySet())) {
      if (groups.ownsFeature(fid)) {
        visitor.visit(fid);
      }
    }
  }

  @Override
  public void append(Page page, long fid) {
    pages.computeIfAbsent(page, any -> new ArrayList<>()).add(fid);
  }

  @Override
  public void appendAll(Page page, List<Long> fids) {
    pagesPutBack++;
    pages.computeIfAbsent(page, any -> new ArrayList<>()).addAll(fids);
  }

  @Override
  public List<Long> remove(Page page) {
    return Optional.ofNullable(pages.remove(page)).orElse(List.of());
  }

  @Override
  public List<Page> pages() {
    return pages.keySet().stream().filter(page -> groups.owns(page.group())).toList();
  }

  @Override
  public Map<Integer, long[]> counters(int group) {
    return counters.getOrDefault(group, Map.of());
  }

  @Override
  public void putCounters(int group, Map<Integer, long[]> byField) {
    counters.put(group, byField);
  }

  @Override
  public Optional<byte[]> sketch(int group) {
    return Optional.ofNullable(sketches.get(group));
  }

  @Override
  public void putSketch(int group, byte[] sketch) {
    sketches.put(group, sketch);
  }
}
