package io.freshet.train.table;

import io.freshet.train.state.KeyGroups;
import io.freshet.train.table.cache.StoredRow;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The state of a shard's table: rows by feature, and what the table knows of each key group, which
 * moves with its group when the job is rescaled. In the job it is Flink's keyed state ({@link
 * KeyedRowState}).
 */
interface RowStateStore {
  /** The key groups of this shard. */
  KeyGroups groups();

  /** The row of a feature, or what is known of it without one; null if nothing is. */
  StoredRow get(long fid) throws Exception;

  void put(long fid, StoredRow row) throws Exception;

  void delete(long fid) throws Exception;

  /** Visits every feature that {@link #get} knows now; rows may be read and written meanwhile. */
  void forEachFid(FidVisitor visitor) throws Exception;

  /** Visits features. */
  interface FidVisitor {
    void visit(long fid) throws Exception;
  }

  /** Appends a feature to a page of {@link LastSeenIndex}. */
  void append(Page page, long fid) throws Exception;

  /** Appends features to a page. */
  void appendAll(Page page, List<Long> fids) throws Exception;

  /** Removes a page and returns its features. */
  List<Long> remove(Page page) throws Exception;

  /** All pages. */
  List<Page> pages() throws Exception;

  /** The name of a page: its key group and its number. */
  record Page(int group, long number) {}

  /** The counters of a key group by field number. */
  Map<Integer, long[]> counters(int group) throws Exception;

  void putCounters(int group, Map<Integer, long[]> counters) throws Exception;

  /** The admission sketch of a key group. */
  Optional<byte[]> sketch(int group) throws Exception;

  void putSketch(int group, byte[] sketch) throws Exception;
}
