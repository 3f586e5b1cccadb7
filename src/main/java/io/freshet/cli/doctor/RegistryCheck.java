package io.freshet.cli.doctor;

import io.freshet.event.ActionTopic;
import io.freshet.event.EventFormat;
import io.freshet.event.EventSettings;
import io.freshet.event.RejectedException;
import io.freshet.event.SchemaLocations;
import io.freshet.event.frame.SchemaId;
import io.freshet.event.registry.AvroSchemas;
import io.freshet.event.registry.ProtobufSchemas;
import io.freshet.event.registry.RecordParsers;
import io.freshet.event.registry.SchemaFolder;
import io.freshet.event.registry.SchemaFormat;
import io.freshet.event.registry.SchemaRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Checks that the schemas of events can be found: in their folder, at their registry, in a file.
 */
final class RegistryCheck {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final SchemaId ANY_ID = SchemaId.of(1);

  private RegistryCheck() {}

  /** Finds nothing where every topic is JSON. */
  static List<Finding> run(EventSettings events) throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    if (events.needSchemas()) {
      SchemaLocations places = events.schemas();
      if (!places.folder().isEmpty()) {
        findings.add(folder(places, format(events)));
      }
      if (!places.registry().isEmpty()) {
        findings.add(registry(places, format(events)));
      }
    }
    if (!events.protobuf().descriptor().isEmpty()) {
      findings.add(descriptor(events));
    }
    return findings;
  }

  private static SchemaFormat<?> format(EventSettings events) {
    return events.formats().anyMatch(EventFormat.AVRO::equals)
        ? new AvroSchemas()
        : new ProtobufSchemas();
  }

  private static Finding descriptor(EventSettings events) {
    try {
      RecordParsers.ofImpressions(events, schemas -> {});
      RecordParsers.ofActions(events, schemas -> {});
      for (ActionTopic topic : events.actionTopics()) {
        RecordParsers.ofActions(events.ofActions(topic.topic()), schemas -> {});
      }
      return Finding.ok("events.protobuf", events.protobuf().descriptor() + " has the messages");
    } catch (IOException e) {
      return Finding.problem(
          "events.protobuf",
          e.getMessage(),
          "write the file with protoc --include_imports --descriptor_set_out, where this user and"
              + " the job can read it");
    }
  }

  /** With a registry the folder is written to; without one it has to hold the schemas. */
  private static Finding folder(SchemaLocations places, SchemaFormat<?> format)
      throws InterruptedException {
    if (!places.registry().isEmpty()) {
      return FolderCheck.run("events.schemas", places.folder());
    }
    try {
      int schemas = new SchemaFolder<>(places.folder(), format).names().size();
      return schemas > 0
          ? Finding.ok(
              "events.schemas",
              String.format(Locale.ROOT, "%s holds %,d schemas", places.folder(), schemas))
          : Finding.problem(
              "events.schemas",
              places.folder() + " holds no schema",
              "put the writers' schemas there as <id>%s, or set events.registry"
                  .formatted(format.suffix()));
    } catch (IOException e) {
      return Finding.problem(
          "events.schemas",
          "%s cannot be read: %s".formatted(places.folder(), e.getMessage()),
          "let this user read it, or set events.schemas");
    }
  }

  /** Any HTTP response of the registry is enough, even that it has no such schema. */
  private static Finding registry(SchemaLocations places, SchemaFormat<?> format)
      throws InterruptedException {
    try {
      new SchemaRegistry<>(places.registry(), places.credentials(), PATIENCE, format).find(ANY_ID);
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
