package io.freshet.snapshot;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
record Deletion(String owner, Instant since, List<Version> versions) {
  Deletion {
    requireNonNull(owner, "owner");
    requireNonNull(since, "since");
    versions = List.copyOf(versions);
  }

  static Deletion read(JsonNode json) {
    List<Version> versions = new ArrayList<>();
    for (JsonNode name : Keys.array(json, "versions")) {
      versions.add(ManifestJson.version(name.asText(), "versions"));
    }
    return new Deletion(
        Keys.text(json, "owner"), Instant.parse(Keys.text(json, "since")), versions);
  }

  byte[] toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", Manifest.FORMAT).put("owner", owner).put("since", since.toString());
    versions.forEach(version -> json.withArray("versions").add(version.toString()));
    return ManifestJson.bytes(json);
  }
}
