package io.freshet.event.registry;

import static io.freshet.event.Rejection.Kind.UNKNOWN_SCHEMA;
import static java.util.Objects.requireNonNull;

import io.freshet.event.RejectedException;
import io.freshet.event.SchemaLocations;
import io.freshet.event.avro.WriterSchemas;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Schemas by id from a learner's places: the folder, then the registry. What is found is kept for
 * good, and if the registry had it, written to the folder, so that a later start does without the
 * registry.
 *
 * <p><b>No such schema</b> is an answer, and kept for {@value #ABSENT_SECONDS} s: a flood of bad
 * records asks no more often. <b>No answer</b> is none: it is asked again, after 0.1 s, 0.2 s … 10
 * s, and the caller waits, so that its source holds; after the patience it fails, and Flink's
 * restart policy decides.
 *
 * <p>For one thread, but for {@link #waitingMillis} and {@link #found}.
 */
public final class SchemaLookup implements WriterSchemas {
  private static final Logger LOG = LoggerFactory.getLogger(SchemaLookup.class);
  private static final int MAX_KEPT = 10_000;
  private static final int ABSENT_SECONDS = 30;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Duration BETWEEN_WARNINGS = Duration.ofSeconds(30);
  private static final Duration REQUEST = Duration.ofSeconds(10);
  private static final long NOT_WAITING = Long.MIN_VALUE;

  private final SchemaLocations places;
  private final Optional<SchemaFolder> folder;
  private final Optional<SchemaRegistry> registry;
  private final Map<Integer, Schema> known = bounded();
  private final Map<Integer, Absence> absent = bounded();
  private int lastId;
  private Schema last; // of lastId, null at first
  private volatile long waitingSince = NOT_WAITING;
  private volatile long found;

  private record Absence(long until, RejectedException reason) {}

  public SchemaLookup(SchemaLocations places) {
    this.places = requireNonNull(places, "places");
    if (!places.any()) {
      throw new IllegalArgumentException("there is no place of schemas");
    }
    folder = Optional.of(places.folder()).filter(f -> !f.isEmpty()).map(SchemaFolder::new);
    registry =
        Optional.of(places.registry())
            .filter(url -> !url.isEmpty())
            .map(url -> new SchemaRegistry(url, places.credentials(), REQUEST));
  }

  /** For how long a schema has been waited for; 0 when none is. */
  public long waitingMillis() {
    long since = waitingSince;
    return since == NOT_WAITING ? 0 : (System.nanoTime() - since) / 1_000_000;
  }

  public long found() {
    return found;
  }

  @Override
  public Schema of(int id) throws RejectedException {
    if (last == null || lastId != id) {
      last = lookUp(id);
      lastId = id;
    }
    return last;
  }

  private Schema lookUp(int id) throws RejectedException {
    Schema kept = known.get(id);
    if (kept != null) {
      return kept;
    }
    Absence absence = absent.get(id);
    if (absence != null && System.nanoTime() - absence.until() < 0) {
      throw absence.reason();
    }
    try {
      Schema schema = await(id);
      absent.remove(id);
      known.put(id, schema);
      found++;
      return schema;
    } catch (RejectedException e) {
      long until = System.nanoTime() + Duration.ofSeconds(ABSENT_SECONDS).toNanos();
      absent.put(id, new Absence(until, e));
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(
          new InterruptedIOException("interrupted while waiting for schema " + id));
    } finally {
      waitingSince = NOT_WAITING;
    }
  }

  /** Asks until there is an answer. */
  private Schema await(int id) throws RejectedException, IOException, InterruptedException {
    long start = System.nanoTime();
    long nextWarning = start;
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        Schema schema = ask(id);
        if (waitingSince != NOT_WAITING) {
          LOG.info("schema {} is there: the source goes on", id);
        }
        return schema;
      } catch (IOException e) {
        waitingSince = start;
        Duration left = places.patience().minusNanos(System.nanoTime() - start);
        if (left.isNegative() || left.isZero()) {
          throw new IOException(
              "schema %s of an Avro record could not be looked up for %s (events.schema-patience): %s"
                  .formatted(id, places.patience(), e.getMessage()),
              e);
        }
        if (System.nanoTime() - nextWarning >= 0) {
          LOG.warn(
              "schema {} of an Avro record cannot be looked up; the source waits, {} s more at"
                  + " most",
              id,
              left.toSeconds(),
              e);
          nextWarning = System.nanoTime() + BETWEEN_WARNINGS.toNanos();
        }
        Thread.sleep(Math.min(pause.toMillis(), left.toMillis() + 1));
        pause = pause.multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
      }
    }
  }

  private Schema ask(int id) throws RejectedException, IOException, InterruptedException {
    if (folder.isPresent()) {
      Optional<Schema> schema = folder.get().find(id);
      if (schema.isPresent()) {
        return schema.get();
      }
      if (registry.isEmpty() && folder.get().ids().isEmpty()) {
        throw new IOException(
            "%s holds no schema at all; expected files named <id>.avsc".formatted(folder.get()));
      }
    }
    if (registry.isPresent()) {
      Optional<Schema> schema = registry.get().find(id);
      if (schema.isPresent()) {
        folder.ifPresent(to -> keep(id, schema.get(), to));
        return schema.get();
      }
    }
    throw new RejectedException(
        UNKNOWN_SCHEMA,
        "there is no schema %s %s"
            .formatted(
                Integer.toUnsignedString(id),
                registry.isPresent() ? "at " + registry.get() : "in " + folder.orElseThrow()));
  }

  private static void keep(int id, Schema schema, SchemaFolder to) {
    try {
      to.put(id, schema);
    } catch (IOException e) {
      LOG.warn("schema {} cannot be kept in {}", id, to, e);
    }
  }

  private static <V> Map<Integer, V> bounded() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<Integer, V> eldest) {
        return size() > MAX_KEPT;
      }
    };
  }
}
