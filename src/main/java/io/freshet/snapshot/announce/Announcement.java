package io.freshet.snapshot.announce;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.freshet.snapshot.format.FormatJson;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is announced of a publication; {@code schemas/announcement.schema.json} describes it.
 *
 * @param root where the version is
 * @param current the version that the pointer named when this was written
 */
record Announcement(
    String model,
    Version version,
    State state,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> reasons,
    String root,
    Optional<Version> current,
    Manifest.Kind kind,
    Optional<Version> parent,
    Optional<Instant> eventTime,
    Instant created,
    long rows,
    long bytes,
    Map<String, Double> metrics) {

  enum State {
    PUBLISHED,
    WITHHELD
  }

  static Announcement of(Manifest manifest, String root, Optional<Version> current) {
    return new Announcement(
        manifest.name(),
        manifest.version(),
        manifest.isWithheld() ? State.WITHHELD : State.PUBLISHED,
        manifest.withheld(),
        root,
        current,
        manifest.kind(),
        manifest.parent(),
        manifest.eventTime(),
        manifest.created(),
        manifest.rows(),
        manifest.bytes(),
        manifest.metrics());
  }

  /** The record's key: the same for an announcement that is repeated after a failure. */
  String key() {
    return model + "/" + version;
  }

  byte[] toJson() {
    return FormatJson.line(this);
  }
}
