package io.freshet.serve.rows;

import java.util.List;
import java.util.Map;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksObject;
import org.rocksdb.WriteBufferManager;

/**
 * How RocksDB is set up, and the memory it may take: one cache for rows, indexes, filters and the
 * rows just written, however many databases are open and however many rows they hold.
 *
 * <p>Filters spare unknown ids the way to the disk; the floats of a row do not compress.
 */
final class RocksMemory implements AutoCloseable {
  private static final int FILTER_BITS = 10; // a key: 1 % of the unknown ids are looked for in vain
  private static final long MEMTABLE_BYTES = 32 << 20;

  private final LRUCache cache;
  private final WriteBufferManager written;
  private final BloomFilter filter = new BloomFilter(FILTER_BITS, false);
  private final DBOptions database;
  private final ColumnFamilyOptions family;
  private boolean closed;

  static {
    RocksDB.loadLibrary();
  }

  /** At most so many bytes outside the heap, in addition to the delta that is being applied. */
  RocksMemory(long bytes) {
    cache = new LRUCache(bytes, -1, false, 0.5);
    written = new WriteBufferManager(Math.min(2 * MEMTABLE_BYTES, bytes / 4), cache);
    database =
        new DBOptions()
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setWriteBufferManager(written)
            .setInfoLogLevel(InfoLogLevel.ERROR_LEVEL)
            .setKeepLogFileNum(1)
            .setStatsDumpPeriodSec(0);
    family =
        new ColumnFamilyOptions()
            .setTableFormatConfig(table())
            .setCompressionType(CompressionType.NO_COMPRESSION)
            .setLevelCompactionDynamicLevelBytes(true)
            .setWriteBufferSize(MEMTABLE_BYTES);
  }

  private BlockBasedTableConfig table() {
    return new BlockBasedTableConfig()
        .setBlockCache(cache)
        .setCacheIndexAndFilterBlocks(true)
        .setPinL0FilterAndIndexBlocksInCache(true)
        .setFilterPolicy(filter)
        .setIndexType(IndexType.kTwoLevelIndexSearch)
        .setPartitionFilters(true)
        .setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash)
        .setFormatVersion(5);
  }

  DBOptions database() {
    return database;
  }

  ColumnFamilyOptions family() {
    return family;
  }

  /** What the cache holds, of all databases: blocks and rows just written. */
  synchronized Map<String, Long> bytes() {
    return closed
        ? Map.of()
        : Map.of("cache", cache.getUsage(), "cache pinned", cache.getPinnedUsage());
  }

  @Override
  public synchronized void close() {
    closed = true;
    List.<RocksObject>of(family, database, filter, written, cache).forEach(RocksObject::close);
  }
}
