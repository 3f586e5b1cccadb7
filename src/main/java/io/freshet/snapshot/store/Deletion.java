package io.freshet.snapshot.store;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.snapshot.format.JsonKeys;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.ManifestJson;
import io.freshet.snapshot.format.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code prune.json} says while versions are being deleted, so that no pointer is moved to one
 * of them.
 *
 * @param owner who deletes
 * @param since when it began
 * @param versions children ahead of their parents
 */
public record Deletion(String owner, Instant since, List<Version> versions) {
  public Deletion {
    requireNonNull(owner, "owner");
    requireNonNull(since, "since");
    versions = List.copyOf(versions);
  }

  static Deletion read(JsonNode json) {
    List<Version> versions = new ArrayList<>();
    for (JsonNode name : JsonKeys.array(json, "versions")) {
      versions.add(ManifestJson.version(name.asText(), "versions"));
    }
    return new Deletion(
        JsonKeys.text(json, "owner"), Instant.parse(JsonKeys.text(json, "since")), versions);
  }

  public byte[] toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", Manifest.FORMAT).put("owner", owner).put("since", since.toString());
    versions.forEach(version -> json.withArray("versions").add(version.toString()));
    return ManifestJson.bytes(json);
  }
}
