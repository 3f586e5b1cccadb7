package io.freshet.event.registry;

import static io.freshet.event.Rejection.Kind.UNKNOWN_SCHEMA;
import static java.util.Objects.requireNonNull;

import io.freshet.event.RejectedException;
import io.freshet.event.SchemaLocations;
import io.freshet.event.frame.SchemaId;
import io.freshet.event.frame.WriterSchemas;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Schemas by id from a learner's places: the folder, then the registry. What is found is kept for
 * good, and if the registry had it, written to the folder, so that a later start does without the
 * registry.
 *
 * <p><b>No such schema</b> is an answer, and kept for {@value #ABSENT_SECONDS} s, so that a schema
 * that is registered later is found soon. A flood of bad records asks for no more ids than the
 * {@link AbsenceBudget} allows; the others are refused without being asked for. <b>No answer</b> is
 * none: it is asked again, after 0.1 s, 0.2 s … 10 s, and the caller waits, so that its source
 * holds; after the patience it fails, and Flink's restart policy decides.
 *
 * <p>For one thread, but for {@link #waitingMillis} and {@link #found}.
 *
 * @param <S> the type of schemas
 */
public final class SchemaLookup<S> implements WriterSchemas<S> {
  private static final Logger LOG = LoggerFactory.getLogger(SchemaLookup.class);
  private static final int MAX_KEPT = 10_000;
  private static final int ABSENT_SECONDS = 5;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Duration BETWEEN_WARNINGS = Duration.ofSeconds(30);
  private static final Duration REQUEST = Duration.ofSeconds(10);
  private static final long NOT_WAITING = Long.MIN_VALUE;

  private final SchemaLocations places;
  private final Optional<SchemaFolder<S>> folder;
  private final Optional<SchemaRegistry<S>> registry;
  private final Map<SchemaId, S> known = bounded();
  private final Map<SchemaId, Absence> absent = bounded();
  private final String suffix;
  private final LongSupplier nanos;
  private final AbsenceBudget budget;
  private SchemaId lastId; // null at first
  private S last; // of lastId
  private volatile long waitingSince = NOT_WAITING;
  private volatile long found;

  private record Absence(long until, RejectedException reason) {}

  public SchemaLookup(SchemaLocations places, SchemaFormat<S> format) {
    this(places, format, System::nanoTime);
  }

  /** One with a clock of its own for what is kept, and for how long. */
  SchemaLookup(SchemaLocations places, SchemaFormat<S> format, LongSupplier nanos) {
    this.places = requireNonNull(places, "places");
    this.nanos = nanos;
    suffix = format.suffix();
    budget = new AbsenceBudget(nanos.getAsLong());
    if (!places.any()) {
      throw new IllegalArgumentException("there is no place of schemas");
    }
    folder =
        Optional.of(places.folder())
            .filter(f -> !f.isEmpty())
            .map(f -> new SchemaFolder<>(f, format));
    registry =
        Optional.of(places.registry())
            .filter(url -> !url.isEmpty())
            .map(url -> new SchemaRegistry<>(url, places.credentials(), REQUEST, format));
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
  public S of(SchemaId id) throws RejectedException {
    if (!id.equals(lastId)) {
      last = lookUp(id);
      lastId = id;
    }
    return last;
  }

  private S lookUp(SchemaId id) throws RejectedException {
    S kept = known.get(id);
    if (kept != null) {
      return kept;
    }
    Absence absence = absent.get(id);
    long now = nanos.getAsLong();
    if (absence != null && now - absence.until() < 0) {
      throw absence.reason();
    }
    if (budget.isSpent(now)) {
      throw new RejectedException(
          UNKNOWN_SCHEMA,
          "schema %s is not known, and not asked for, because too many records name schemas that do not exist"
              .formatted(id));
    }
    try {
      S schema = await(id);
      absent.remove(id);
      known.put(id, schema);
      found++;
      return schema;
    } catch (RejectedException e) {
      budget.spend();
      long until = nanos.getAsLong() + Duration.ofSeconds(ABSENT_SECONDS).toNanos();
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
  private S await(SchemaId id) throws RejectedException, IOException, InterruptedException {
    long start = System.nanoTime();
    long nextWarning = start;
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        S schema = ask(id);
        if (waitingSince != NOT_WAITING) {
          LOG.info("schema {} is there: the source goes on", id);
        }
        return schema;
      } catch (IOException e) {
        waitingSince = start;
        Duration left = places.patience().minusNanos(System.nanoTime() - start);
        if (left.isNegative() || left.isZero()) {
          throw new IOException(
              "schema %s of a record could not be looked up for %s (events.schema-patience): %s"
                  .formatted(id, places.patience(), e.getMessage()),
              e);
        }
        if (System.nanoTime() - nextWarning >= 0) {
          LOG.warn(
              "schema {} of a record cannot be looked up; the source waits, {} s more at most",
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

  private S ask(SchemaId id) throws RejectedException, IOException, InterruptedException {
    if (folder.isPresent()) {
      Optional<S> schema = folder.get().find(id);
      if (schema.isPresent()) {
        return schema.get();
      }
      if (registry.isEmpty() && folder.get().names().isEmpty()) {
        throw new IOException(
            "%s holds no schema at all; expected files named <id>%s"
                .formatted(folder.get(), suffix));
      }
    }
    if (registry.isPresent()) {
      Optional<S> schema = registry.get().find(id);
      if (schema.isPresent()) {
        folder.ifPresent(to -> keep(id, schema.get(), to));
        return schema.get();
      }
    }
    throw new RejectedException(
        UNKNOWN_SCHEMA,
        "there is no schema %s %s"
            .formatted(
                id, registry.isPresent() ? "at " + registry.get() : "in " + folder.orElseThrow()));
  }

  private void keep(SchemaId id, S schema, SchemaFolder<S> to) {
    try {
      to.put(id, schema);
    } catch (IOException e) {
      LOG.warn("schema {} cannot be kept in {}", id, to, e);
    }
  }

  private static <V> Map<SchemaId, V> bounded() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<SchemaId, V> eldest) {
        return size() > MAX_KEPT;
      }
    };
  }
}
