package io.freshet.lab.replay;

import static java.util.Objects.requireNonNull;

import io.freshet.lab.replay.mapping.BadRowException;
import io.freshet.lab.replay.mapping.Lookups;
import io.freshet.lab.replay.mapping.ReplayMapping;
import io.freshet.lab.replay.mapping.ReplayRow;
import io.freshet.lab.replay.mapping.Row;
import io.freshet.lab.replay.mapping.RowMapper;
import io.freshet.lab.replay.mapping.RowReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The rows of a file that become events; the others go to {@link BadRows}. */
final class GoodRows implements Iterator<ReplayRow>, AutoCloseable {
  private final RowReader reader;
  private final RowMapper mapper;
  private final Lookups lookups;
  private final String file;
  private final boolean strict;
  private final BadRows bad;
  private Optional<ReplayRow> next;

  GoodRows(ReplayMapping mapping, Path directory, Lookups lookups, boolean strict, BadRows bad)
      throws IOException {
    this.lookups = requireNonNull(lookups, "lookups");
    this.strict = strict;
    this.bad = requireNonNull(bad, "bad");
    file = mapping.input().file();
    mapper = new RowMapper(mapping);
    reader = new RowReader(directory, mapping.input());
    next = read();
  }

  BadRows bad() {
    return bad;
  }

  @Override
  public boolean hasNext() {
    return next.isPresent();
  }

  @Override
  public ReplayRow next() {
    ReplayRow row = next.orElseThrow(() -> new NoSuchElementException("no more rows in " + file));
    try {
      next = read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return row;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  private Optional<ReplayRow> read() throws IOException {
    while (true) {
      try {
        Optional<Row> row = reader.next();
        return row.isEmpty() ? Optional.empty() : Optional.of(mapper.map(lookups.join(row.get())));
      } catch (BadRowException e) {
        String problem = "%s:%s: %s".formatted(file, reader.line(), e.getMessage());
        if (strict) {
          throw new IOException(problem, e);
        }
        bad.add(problem);
      }
    }
  }
}
