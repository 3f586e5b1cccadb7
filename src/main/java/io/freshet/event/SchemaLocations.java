package io.freshet.event;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;

/**
 * Where the schemas that records were written with are found by their ids: in a folder, at a
 * registry, or in the folder first, to which what the registry says is added.
 *
 * @param folder URI of a folder with a file {@code <id>.avsc} for each; empty for none
 * @param registry URL below which it answers {@code GET /schemas/ids/<id>}; empty for none
 * @param credentials of the registry, {@code user:password} or {@code Bearer <token>}, with {@link
 *     io.freshet.config.option.References}; empty for none. They are secret, so {@link #toString}
 *     leaves them out
 * @param patience how long a source waits for places that do not answer before it fails
 */
public record SchemaLocations(String folder, String registry, String credentials, Duration patience)
    implements Serializable {
  public static final SchemaLocations NONE = new SchemaLocations("", "", "", Duration.ofMinutes(5));

  public SchemaLocations {
    requireNonNull(folder, "folder");
    requireNonNull(registry, "registry");
    requireNonNull(credentials, "credentials");
    requireNonNull(patience, "patience");
    if (patience.isNegative()) {
      throw new IllegalArgumentException("patience " + patience + " is negative");
    }
    if (registry.isEmpty() && !credentials.isEmpty()) {
      throw new IllegalArgumentException("registry-auth needs events.registry: give both or none");
    }
  }

  public boolean any() {
    return !folder.isEmpty() || !registry.isEmpty();
  }

  /** Returns a copy for those who rather fail than wait. */
  public SchemaLocations withoutPatience() {
    return new SchemaLocations(folder, registry, credentials, Duration.ZERO);
  }

  @Override
  public String toString() {
    return "SchemaLocations[folder=%s, registry=%s, patience=%s]"
        .formatted(folder, registry, patience);
  }
}
