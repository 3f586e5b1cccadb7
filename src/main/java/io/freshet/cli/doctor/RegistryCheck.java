package io.freshet.cli.doctor;

import io.freshet.event.EventSettings;
import io.freshet.event.RejectedException;
import io.freshet.event.SchemaLocations;
import io.freshet.event.registry.SchemaFolder;
import io.freshet.event.registry.SchemaRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Checks that the schemas of Avro events can be found, in their folder and at their registry. */
final class RegistryCheck {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int ANY_ID = 1;

  private RegistryCheck() {}

  /** Finds nothing where no topic is Avro. */
  static List<Finding> run(EventSettings events) throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    if (events.needSchemas()) {
      SchemaLocations places = events.schemas();
      if (!places.folder().isEmpty()) {
        findings.add(folder(places));
      }
      if (!places.registry().isEmpty()) {
        findings.add(registry(places));
      }
    }
    return findings;
  }

  /** With a registry the folder is written to; without one it has to hold the schemas. */
  private static Finding folder(SchemaLocations places) throws InterruptedException {
    if (!places.registry().isEmpty()) {
      return FolderCheck.run("events.schemas", places.folder());
    }
    try {
      int schemas = new SchemaFolder(places.folder()).ids().size();
      return schemas > 0
          ? Finding.ok(
              "events.schemas",
              String.format(Locale.ROOT, "%s holds %,d schemas", places.folder(), schemas))
          : Finding.problem(
              "events.schemas",
              places.folder() + " holds no schema",
              "put the writers' schemas there as <id>.avsc, or set events.registry");
    } catch (IOException e) {
      return Finding.problem(
          "events.schemas",
          "%s cannot be read: %s".formatted(places.folder(), e.getMessage()),
          "let this user read it, or set events.schemas");
    }
  }

  /** Any HTTP response of the registry is enough, even that it has no such schema. */
  private static Finding registry(SchemaLocations places) throws InterruptedException {
    try {
      new SchemaRegistry(places.registry(), places.credentials(), PATIENCE).find(ANY_ID);
      return Finding.ok("events.registry", places.registry() + " answers");
    } catch (RejectedException e) {
      return Finding.ok("events.registry", places.registry() + " answers");
    } catch (IOException e) {
      return Finding.problem(
          "events.registry",
          e.getMessage(),
          "see that this machine reaches it, and that events.registry and events.registry-auth are"
              + " right");
    }
  }
}
