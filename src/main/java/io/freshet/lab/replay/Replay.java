package io.freshet.lab.replay;

import static java.util.Objects.requireNonNull;

import io.freshet.lab.replay.mapping.Lookups;
import io.freshet.lab.replay.mapping.ReplayMapping;
import io.freshet.lab.replay.mapping.ReplayMapping.Order;
import io.freshet.lab.replay.mapping.ReplayRow;
import io.freshet.lab.replay.mapping.RowReader;
import io.freshet.lab.replay.mapping.Timeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Turns a file of rows into the records of impressions and clicks.
 *
 * <p>The file is read twice: for the range of its times, then for its rows. Rows in the order of
 * the file are streamed; rows to be sorted are held in memory. A bad row is counted and left out,
 * or ends a strict replay.
 */
public final class Replay {
  private final ReplayMapping mapping;
  private final Path directory;
  private final Instant now;
  private final boolean strict;
  private final Lookups lookups;

  /**
   * @param directory of the mapping's files
   * @param now what {@code now} means in the mapping
   * @throws IOException if a file or a column is missing
   */
  public Replay(ReplayMapping mapping, Path directory, Instant now, boolean strict)
      throws IOException {
    this.mapping = requireNonNull(mapping, "mapping");
    this.directory = requireNonNull(directory, "directory");
    this.now = requireNonNull(now, "now");
    this.strict = strict;
    lookups = new Lookups(directory, mapping.lookups());
    checkColumns();
  }

  /**
   * The records, in order of their event times as far as the rows are. Iteration wraps an {@link
   * IOException} in an {@link java.io.UncheckedIOException}.
   *
   * @throws IOException if the file cannot be read or, when strict, has a bad row
   */
  public ReplayRecords records() throws IOException {
    Range range = range();
    Timeline.Shift shift = mapping.timeline().over(range.earliest, range.latest, now);
    GoodRows rows = new GoodRows(mapping, directory, lookups, strict, new BadRows());
    Iterator<ReplayRow> ordered = mapping.order() == Order.TIME ? sorted(rows) : rows;
    return new ReplayRecords(rows, ordered, shift, mapping.clickDelay(), range.records);
  }

  public interface RowSink {
    void row(String id, long time, boolean clicked, Map<String, Object> features);
  }

  /** Passes on all rows in the order of the file; a strict replay fails at a bad one. */
  public void rows(RowSink to) throws IOException {
    try (GoodRows rows = new GoodRows(mapping, directory, lookups, strict, new BadRows())) {
      rows.forEachRemaining(row -> to.row(row.id(), row.time(), row.clicked(), row.features()));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Iterator<ReplayRow> sorted(Iterator<ReplayRow> rows) {
    List<ReplayRow> all = new ArrayList<>();
    rows.forEachRemaining(all::add);
    all.sort(Comparator.comparingLong(ReplayRow::time)); // stable
    return all.iterator();
  }

  private Range range() throws IOException {
    try (GoodRows rows = new GoodRows(mapping, directory, lookups, false, new BadRows())) {
      Range range = new Range(Long.MAX_VALUE, Long.MIN_VALUE, 0);
      while (rows.hasNext()) {
        range = range.with(rows.next());
      }
      return range;
    }
  }

  private void checkColumns() throws IOException {
    try (RowReader reader = new RowReader(directory, mapping.input())) {
      Set<String> absent = new TreeSet<>(mapping.columns());
      absent.removeAll(reader.columns());
      absent.removeAll(lookups.columns());
      if (!absent.isEmpty()) {
        throw new IOException(
            "%s has no column %s; there are %s"
                .formatted(mapping.input().file(), String.join(", ", absent), reader.columns()));
      }
    }
  }

  private record Range(long earliest, long latest, long records) {
    Range with(ReplayRow row) {
      return new Range(
          Math.min(earliest, row.time()),
          Math.max(latest, row.time()),
          records + (row.clicked() ? 2 : 1));
    }
  }
}
