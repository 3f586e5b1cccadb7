package io.freshet.event.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.freshet.event.RejectedException;
import io.freshet.event.Rejection.Kind;
import io.freshet.event.SchemaLocations;
import io.freshet.event.frame.SchemaId;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SchemaLookupTest {
  private static final String ONE = "{\"type\":\"record\",\"name\":\"One\",\"fields\":[]}";
  private static final Schema SCHEMA = new Schema.Parser().parse(ONE);

  @TempDir private Path folder;
  private final AtomicLong clock = new AtomicLong(System.nanoTime());

  @Test
  void usageExample() throws Exception {
    Files.writeString(folder.resolve("7.avsc"), "\uFEFF" + ONE); // with a byte order mark
    SchemaLookup<Schema> schemas = lookup(uri(), "", Duration.ZERO);

    assertThat(schemas.of(SchemaId.of(7))).isEqualTo(SCHEMA);
    assertThat(schemas.found()).isEqualTo(1);
  }

  @Test
  void aSchemaThatWasFoundIsKeptForGood() throws Exception {
    Path file = Files.writeString(folder.resolve("7.avsc"), ONE);
    Files.writeString(folder.resolve("8.avsc"), ONE);
    SchemaLookup<Schema> schemas = lookup(uri(), "", Duration.ZERO);
    schemas.of(SchemaId.of(7));
    Files.delete(file);

    assertThat(schemas.of(SchemaId.of(8))).isEqualTo(SCHEMA);
    assertThat(schemas.of(SchemaId.of(7))).isEqualTo(SCHEMA);
  }

  @Test
  void anIdThatTheFolderLacksIsTheRecordsFault() throws IOException {
    Files.writeString(folder.resolve("7.avsc"), ONE);

    assertUnknown(lookup(uri(), "", Duration.ZERO), 8, "no schema 8 in the folder");
  }

  @Test
  void aFolderWithoutSchemasOrWithABrokenOneIsNot() throws IOException {
    SchemaLookup<Schema> schemas = lookup(uri(), "", Duration.ofMillis(300));

    assertAway(schemas, 7, "holds no schema at all");
    Files.writeString(folder.resolve("7.avsc"), "{\"type\":");
    assertAway(schemas, 7, "7.avsc is no schema of Avro's");
  }

  @Test
  void whatTheRegistrySaysIsKeptInTheFolder() throws Exception {
    SchemaLookup<Schema> later;
    try (FakeRegistry registry = new FakeRegistry(0)) {
      registry.put(7, ONE);
      SchemaLookup<Schema> schemas = lookup(uri(), registry.url(), Duration.ofSeconds(9));
      schemas.of(SchemaId.of(7));
      schemas.of(SchemaId.of(7));
      assertThat(registry.requests).hasSize(1);
      later = lookup(uri(), registry.url(), Duration.ZERO);
    }

    assertThat(later.of(SchemaId.of(7))).isEqualTo(SCHEMA);
    assertAway(later, 8, "does not answer");
  }

  @Test
  void absentSchemasAreNotAskedForWithEachRecord() throws Exception {
    try (FakeRegistry registry = new FakeRegistry(0)) {
      SchemaLookup<Schema> schemas = lookup("", registry.url(), Duration.ofSeconds(9));
      for (int i = 0; i < 1000; i++) {
        assertUnknown(schemas, i % 2, "no schema " + i % 2 + " at the registry");
      }

      assertThat(registry.requests).hasSize(2);
    }
  }

  @Test
  void aSchemaThatIsRegisteredLaterIsFoundSoon() throws Exception {
    try (FakeRegistry registry = new FakeRegistry(0)) {
      SchemaLookup<Schema> schemas = lookup(registry);
      assertUnknown(schemas, 7, "no schema 7 at the registry");
      registry.put(7, ONE);
      assertUnknown(schemas, 7, "no schema 7 at the registry");

      clock.addAndGet(Duration.ofSeconds(5).toNanos());

      assertThat(schemas.of(SchemaId.of(7))).isEqualTo(SCHEMA);
    }
  }

  @Test
  void aFloodOfIdsThatDoNotExistDoesNotFloodTheRegistry() throws Exception {
    try (FakeRegistry registry = new FakeRegistry(0)) {
      SchemaLookup<Schema> schemas = lookup(registry);
      registry.put(7, ONE);
      schemas.of(SchemaId.of(7));
      for (int id = 1000; id < 3000; id++) {
        assertUnknown(schemas, id, "");
      }
      assertThat(registry.requests).hasSize(1 + AbsenceBudget.BURST);
      assertUnknown(schemas, 8, "not asked for, because too many records name schemas");
      assertThat(schemas.of(SchemaId.of(7))).isEqualTo(SCHEMA);

      registry.put(8, ONE);
      clock.addAndGet(Duration.ofSeconds(1).toNanos());

      assertThat(schemas.of(SchemaId.of(8))).isEqualTo(SCHEMA);
      for (int id = 3000; id < 4000; id++) {
        assertUnknown(schemas, id, "");
      }
      assertThat(registry.requests).hasSize(2 + AbsenceBudget.BURST + AbsenceBudget.PER_SECOND);
    }
  }

  @Test
  void aRegistryThatComesBackIsWaitedFor() throws Exception {
    FakeRegistry first = new FakeRegistry(0);
    first.close();
    SchemaLookup<Schema> schemas = lookup("", first.url(), Duration.ofSeconds(30));

    CompletableFuture<Schema> found =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return schemas.of(SchemaId.of(7));
              } catch (RejectedException e) {
                throw new AssertionError(e);
              }
            });
    while (schemas.waitingMillis() < 200) {
      Thread.sleep(10);
    }
    assertThat(found).isNotDone();

    try (FakeRegistry again = new FakeRegistry(first.port(), Map.of(7, ONE))) {
      assertThat(found.get()).isEqualTo(SCHEMA);
      assertThat(again.requests).hasSize(1);
    }
    assertThat(schemas.waitingMillis()).isZero();
  }

  @Test
  void patienceEnds() throws Exception {
    FakeRegistry registry = new FakeRegistry(0);
    registry.close();

    assertAway(
        lookup("", registry.url(), Duration.ofMillis(500)),
        7,
        "schema 7 of a record could not be looked up for PT0.5S (events.schema-patience)",
        registry.url());
  }

  @Test
  void anInterruptEndsTheWaitAndStays() throws Exception {
    FakeRegistry registry = new FakeRegistry(0);
    registry.close();
    SchemaLookup<Schema> schemas = lookup("", registry.url(), Duration.ofMinutes(5));
    Thread.currentThread().interrupt();

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> schemas.of(SchemaId.of(7)))
        .withCauseInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  private String uri() {
    return folder.toUri().toString();
  }

  private SchemaLookup<Schema> lookup(FakeRegistry registry) {
    return new SchemaLookup<>(
        new SchemaLocations("", registry.url(), "", Duration.ofSeconds(9)),
        new AvroSchemas(),
        clock::get);
  }

  private static SchemaLookup<Schema> lookup(String folder, String registry, Duration patience) {
    return new SchemaLookup<>(
        new SchemaLocations(folder, registry, "", patience), new AvroSchemas());
  }

  private static void assertUnknown(SchemaLookup<Schema> schemas, int id, String words) {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(() -> schemas.of(SchemaId.of(id)))
        .satisfies(
            e -> {
              assertThat(e.rejection().kind()).isEqualTo(Kind.UNKNOWN_SCHEMA);
              assertThat(e.rejection().reason()).contains(words);
            });
  }

  private static void assertAway(SchemaLookup<Schema> schemas, int id, String... words) {
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> schemas.of(SchemaId.of(id)))
        .satisfies(e -> assertThat(e.getCause().getMessage()).contains(words));
  }
}
