package io.freshet.train.table.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.train.RefusedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RowCacheTest {
  private static final int WIDTH = 3;
  private static final long NEVER = Long.MIN_VALUE;

  private final MapStore store = new MapStore();

  @Test
  void usageExample() throws Exception {
    RowCache cache = new RowCache(10, WIDTH, store);

    int entry = cache.entry(7);
    cache.values()[cache.at(entry)] += 1.5f;
    cache.changed(entry, 2, 1000, 0);
    cache.writeBackAll();

    assertThat(store.rows.get(7L).updates()).isEqualTo(2);
    assertThat(store.rows.get(7L).lastSeen()).isEqualTo(1000);
    assertThat(store.rows.get(7L).values()).containsExactly(7 + 1.5f, 0, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 5",
    "2, 2, 5",
    "3, 3, 4",
    "4, 16, 40",
    "5, 16, 10",
    "6, 1000, 3000",
    "7, 5000, 9000",
    "8, 1024, 1200"
  })
  void noRowIsEverLost(long seed, int capacity, int features) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    RowCache cache = new RowCache(capacity, WIDTH, store);
    Map<Long, Long> updates = new HashMap<>();
    Map<Long, Float> sums = new HashMap<>();

    for (int now = 0; now < 60_000; now++) {
      long fid = fid(random.nextInt(features));
      int entry = cache.entry(fid);
      assertThat(cache.updates(entry)).as("seed %d", seed).isEqualTo(updates.getOrDefault(fid, 0L));
      assertThat(cache.values()[cache.at(entry)])
          .as("seed %d", seed)
          .isEqualTo(sums.getOrDefault(fid, (float) fid));
      if (random.nextInt(3) > 0) {
        cache.values()[cache.at(entry)] += 1;
        cache.changed(entry, 2, now, now);
        updates.merge(fid, 2L, Long::sum);
        sums.merge(fid, fid + 1f, (before, first) -> before + 1);
      }
      if (random.nextInt(100) == 0) {
        cache.writeBackDirtySince(now - random.nextInt(500), random.nextInt(50));
      }
      if (random.nextInt(5000) == 0) {
        cache.writeBackAll();
      }
    }
    cache.writeBackAll();

    assertThat(cache.size()).as("seed %d", seed).isEqualTo(Math.min(capacity, features));
    assertThat(cache.hits() + cache.misses()).isEqualTo(60_000);
    assertThat(store.rows.keySet()).as("seed %d", seed).isEqualTo(updates.keySet());
    store.rows.forEach(
        (fid, row) -> {
          assertThat(row.updates()).as("seed %d", seed).isEqualTo(updates.get(fid));
          assertThat(row.values()[0]).as("seed %d", seed).isEqualTo(sums.get(fid));
        });
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 5", "2, 3, 4", "3, 16, 40", "4, 64, 100", "5, 1000, 3000"})
  void entriesLookedUpTogetherAreValidTogether(long seed, int capacity, int features)
      throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    RowCache cache = new RowCache(capacity, WIDTH, store);
    Map<Long, Long> updates = new HashMap<>();

    for (int call = 0; call < 2000; call++) {
      long[] fids =
          random.ints(0, features).distinct().limit(capacity).mapToLong(i -> fid(i)).toArray();
      int from = random.nextInt(fids.length);
      int n = random.nextInt(fids.length - from + 1);
      int[] entries = new int[n];
      cache.entries(fids, from, n, entries);
      for (int i = 0; i < n; i++) {
        assertThat(cache.values()[cache.at(entries[i])])
            .as("seed %d", seed)
            .isEqualTo(fids[from + i]);
        assertThat(cache.updates(entries[i]))
            .as("seed %d", seed)
            .isEqualTo(updates.getOrDefault(fids[from + i], 0L));
        cache.changed(entries[i], 1, call, call);
        updates.merge(fids[from + i], 1L, Long::sum);
      }
    }
  }

  @Test
  void holdsAsManyRowsAsItsCapacity() throws Exception {
    RowCache cache = new RowCache(3000, WIDTH, store);

    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 3000; i++) {
        cache.entry(fid(i));
      }
    }

    assertThat(cache.size()).isEqualTo(3000);
    assertThat(cache.misses()).isEqualTo(3000);
    cache.entry(fid(3000));
    assertThat(cache.size()).isEqualTo(3000);
  }

  @Test
  void growsLastFromHalfOfItsCapacity() throws Exception {
    RowCache cache = new RowCache(3000, WIDTH, store);

    fill(cache, 1500);
    long half = cache.bytes();
    fill(cache, 1501);
    long whole = cache.bytes();
    fill(cache, 3000);

    assertThat(half).isLessThan(whole);
    assertThat(cache.bytes()).isEqualTo(whole);
  }

  /** Two slabs of half and all of it would not fit the heap that it is configured for. */
  @Test
  void aLargeOneGrowsLastFromAnEighthOfItsCapacity() throws Exception {
    int capacity = 1 << 21;
    RowCache cache = new RowCache(capacity, WIDTH, store);

    fill(cache, capacity / 8);
    long eighth = cache.bytes();
    fill(cache, capacity / 8 + 1);
    long whole = cache.bytes();
    fill(cache, capacity);

    assertThat(eighth).isLessThan(whole / 4); // not an eighth: the evicted are remembered
    assertThat(cache.bytes()).isEqualTo(whole);
  }

  @Test
  void aRowUsedAgainOutlivesThoseUsedOnce() throws Exception {
    RowCache cache = new RowCache(20, WIDTH, store);
    fill(cache, 20);
    load(cache, 1, 1);

    for (int i = 0; i < 1000; i++) {
      load(cache, fid(100 + i));
    }

    assertThat(misses(cache, 1)).isZero();
    assertThat(misses(cache, fid(100))).isOne();
  }

  @Test
  void aRowLoadedAgainSoonAfterItsTrialOutlivesThoseUsedOnce() throws Exception {
    RowCache cache = new RowCache(200, WIDTH, store);
    fill(cache, 200);
    load(cache, 1);
    for (int i = 0; i < 20; i++) {
      load(cache, fid(1000 + i)); // more than a trial, fewer than are remembered
    }
    assertThat(misses(cache, 1)).isOne();

    for (int i = 0; i < 1000; i++) {
      load(cache, fid(2000 + i));
    }

    assertThat(misses(cache, 1)).isZero();
  }

  @Test
  void aChangeOfAnEvictedRowDoesNotProveIt() throws Exception {
    RowCache cache = new RowCache(200, WIDTH, store);
    fill(cache, 200);
    load(cache, 1);
    for (int i = 0; i < 20; i++) {
      load(cache, fid(1000 + i));
    }
    cache.entriesToChange(new long[] {1}, 0, 1, new int[1]);

    for (int i = 0; i < 1000; i++) {
      load(cache, fid(2000 + i));
    }

    assertThat(misses(cache, 1)).isOne();
  }

  @Test
  void aRowThatIsNoLongerUsedIsEvicted() throws Exception {
    RowCache cache = new RowCache(20, WIDTH, store);
    load(cache, 1, 1, 1, 1, 1, 1);

    for (int i = 0; i < 1000; i++) {
      load(cache, fid(100 + i), fid(100 + i));
    }

    assertThat(misses(cache, 1)).isOne();
  }

  @Test
  void aChangeIsNotAUse() throws Exception {
    RowCache cache = new RowCache(20, WIDTH, store);
    fill(cache, 20);
    load(cache, 1);
    cache.entriesToChange(new long[] {1}, 0, 1, new int[1]);

    for (int i = 0; i < 1000; i++) {
      load(cache, fid(100 + i));
    }

    assertThat(misses(cache, 1)).isOne();
  }

  @Test
  void theTrialBecomesAsLongAsChangesAreInFlight() throws Exception {
    RowCache cache = new RowCache(100, WIDTH, store);
    fill(cache, 100);
    long missed = 0;
    for (int i = 0; i < 1000; i++) {
      load(cache, fid(100 + i));
      long before = cache.misses();
      cache.entriesToChange(new long[] {fid(100 + i - 20)}, 0, 1, new int[1]);
      missed += i < 500 ? 0 : cache.misses() - before;
    }

    assertThat(missed).isZero();
  }

  @Test
  void rareFeaturesDoNotEvictTheCommonOnes() throws Exception {
    RowCache cache = new RowCache(100, WIDTH, store);
    SplittableRandom random = new SplittableRandom(1);
    long missed = 0;
    for (int i = 0; i < 20_000; i++) {
      long common = misses(cache, fid(random.nextInt(80)));
      missed += i < 10_000 ? 0 : common;
      load(cache, fid(1000 + i)); // a clock alone holds some 30 of the common ones
    }

    assertThat(missed).as("seed 1, of 10,000").isLessThan(500);
  }

  @Test
  void onlyChangedRowsAreWrittenAndOnlyOnce() throws Exception {
    RowCache cache = new RowCache(2, WIDTH, store);
    load(cache, 1);
    change(cache, 2, 0);
    change(cache, 2, 1);

    cache.writeBackAll();
    cache.writeBackAll();
    load(cache, 3, 4);

    assertThat(store.saved).containsExactly(2L);
  }

  @Test
  void anEvictedRowIsWrittenFirst() throws Exception {
    RowCache cache = new RowCache(1, WIDTH, store);
    change(cache, 1, 0);

    load(cache, 2);

    assertThat(store.saved).containsExactly(1L);
  }

  @Test
  void rowsAreWrittenInTheOrderInWhichTheyBecameDirty() throws Exception {
    RowCache cache = new RowCache(10, WIDTH, store);
    change(cache, 3, 10);
    change(cache, 1, 20);
    change(cache, 4, 30);
    change(cache, 3, 40);
    change(cache, 2, 50);

    cache.writeBackDirtySince(9, 100);
    assertThat(store.saved).isEmpty();
    cache.writeBackDirtySince(30, 2);
    assertThat(store.saved).containsExactly(3L, 1L);
    change(cache, 3, 60);
    cache.writeBackDirtySince(50, 100);
    assertThat(store.saved).containsExactly(3L, 1L, 4L, 2L);
    cache.writeBackAll();
    assertThat(store.saved).containsExactly(3L, 1L, 4L, 2L, 3L);
  }

  @Test
  void storedArraysAreNeverWrittenTo() throws Exception {
    RowCache cache = new RowCache(1, WIDTH, store);
    change(cache, 1, 0);
    cache.writeBackAll();
    float[] stored = store.rows.get(1L).values();
    float[] before = stored.clone();

    change(cache, 1, 1);
    load(cache, 2);
    change(cache, 1, 2);

    assertThat(stored).containsExactly(before);
  }

  @Test
  void lastSeenIsTheLatestTimeNotTheLastSet() throws Exception {
    RowCache cache = new RowCache(4, WIDTH, store);
    cache.changed(cache.entry(1), 1, 900, 0);
    cache.changed(cache.entry(1), 1, 200, 0);

    cache.writeBackAll();

    assertThat(store.rows.get(1L).lastSeen()).isEqualTo(900);
  }

  @Test
  void aRowOfAnotherWidthIsRefused() {
    store.rows.put(5L, new StoredRow(1, 0, new float[WIDTH + 1]));
    RowCache cache = new RowCache(4, WIDTH, store);

    assertThatThrownBy(() -> cache.entry(5))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("rows of 4 floats (feature 5)")
        .hasMessageContaining("make 3");
  }

  @Test
  void aSlabTooLargeForAnArrayIsRefused() {
    assertThatThrownBy(() -> new RowCache(1 << 28, 16, store))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("at most 134217727 rows a shard");
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 5", "3, 60", "4, 1000"})
  void theIndexFindsEveryFeatureItHoldsAndNoOther(long seed, int entries) {
    SplittableRandom random = new SplittableRandom(seed);
    EntryIndex index = new EntryIndex(entries);
    Map<Long, Integer> held = new HashMap<>();
    List<Integer> free = new ArrayList<>();
    for (int entry = 0; entry < entries; entry++) {
      free.add(entry);
    }

    for (int i = 0; i < 20_000; i++) {
      long fid = colliding(random.nextInt(2 * entries));
      Integer entry = held.get(fid);
      assertThat(index.find(fid)).as("seed %d", seed).isEqualTo(entry == null ? -1 : entry);
      if (entry != null && random.nextBoolean()) {
        index.remove(entry);
        free.add(held.remove(fid));
      } else if (entry == null && !free.isEmpty()) {
        int taken = free.remove(random.nextInt(free.size()));
        index.put(fid, taken);
        held.put(fid, taken);
      }
    }

    held.forEach((fid, entry) -> assertThat(index.find(fid)).isEqualTo(entry));
  }

  private static long fid(int i) {
    return 104_729L * (i - 50) % (1 << 24); // small enough that the float of it is exact
  }

  /** Features of which many share a home, as spreading leaves them near each other. */
  private static long colliding(int i) {
    long inverse = 0xF1DE83E19937733DL; // of the odd spread, modulo 2^64
    return inverse * ((i % 3 << 30) + i);
  }

  private void fill(RowCache cache, int rows) throws Exception {
    for (int i = 0; i < rows; i++) {
      load(cache, fid(10_000 + i));
    }
  }

  private void load(RowCache cache, long... fids) throws Exception {
    for (long fid : fids) {
      cache.entry(fid);
    }
  }

  private void change(RowCache cache, long fid, long now) throws Exception {
    int entry = cache.entry(fid);
    cache.values()[cache.at(entry) + 1]++;
    cache.changed(entry, 1, NEVER, now);
  }

  private static long misses(RowCache cache, long fid) throws Exception {
    long before = cache.misses();
    cache.entry(fid);
    return cache.misses() - before;
  }

  private static final class MapStore implements RowCache.Store {
    final Map<Long, StoredRow> rows = new HashMap<>();
    final List<Long> saved = new ArrayList<>();

    @Override
    public StoredRow get(long fid) {
      return rows.get(fid);
    }

    @Override
    public boolean admits(long fid) {
      return true;
    }

    @Override
    public void start(long fid, float[] values, int at) {
      Arrays.fill(values, at, at + WIDTH, 0);
      values[at] = fid;
    }

    @Override
    public void save(long fid, StoredRow row) {
      rows.put(fid, row);
      saved.add(fid);
    }
  }
}
