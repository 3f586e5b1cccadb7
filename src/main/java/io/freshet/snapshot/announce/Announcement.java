package io.freshet.snapshot.announce;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.ManifestJson;
import io.freshet.snapshot.format.Version;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is announced of a publication, as JSON; {@code schemas/announcement.schema.json} describes
 * it.
 */
final class Announcement {
  private Announcement() {}

  /** The same for a notice that is repeated after a failure. */
  static String key(Manifest manifest) {
    return manifest.name() + "/" + manifest.version();
  }

  /**
   * @param root where the version lies
   * @param current what the pointer named when this was written
   */
  static byte[] json(Manifest manifest, String root, Optional<Version> current) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", Manifest.FORMAT);
    json.put("model", manifest.name());
    json.put("version", manifest.version().toString());
    json.put("state", manifest.isWithheld() ? "withheld" : "published");
    manifest.standing().withheld().forEach(reason -> json.withArray("reasons").add(reason));
    json.put("root", root);
    current.ifPresent(version -> json.put("current", version.toString()));
    json.put("kind", manifest.kind().name().toLowerCase(Locale.ROOT));
    manifest.parent().ifPresent(parent -> json.put("parent", parent.toString()));
    manifest.eventTime().ifPresent(time -> json.put("event_time", time.toString()));
    json.put("created", manifest.created().toString());
    json.put("rows", manifest.rows()).put("bytes", manifest.bytes());
    ObjectNode metrics = json.putObject("metrics");
    new TreeMap<>(manifest.metrics())
        .forEach(
            (name, value) -> {
              if (Double.isFinite(value)) { // JSON has no other numbers
                metrics.put(name, value);
              }
            });
    return ManifestJson.compact(json);
  }
}
