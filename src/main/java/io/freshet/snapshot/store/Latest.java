package io.freshet.snapshot.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What {@code latest.json} says.
 *
 * @param version the current version
 * @param reason why a person moved the pointer; absent where a publication did
 * @param left versions that the pointer has left by a person's doing, oldest first
 */
record Latest(
    Optional<String> name,
    Version version,
    Optional<Instant> eventTime,
    Optional<Instant> created,
    Optional<String> reason,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Pointer.Left> left) {
  Latest {
    left = List.copyOf(left);
  }

  static Latest of(Manifest manifest, Optional<String> reason, List<Pointer.Left> left) {
    return new Latest(
        Optional.of(manifest.name()),
        manifest.version(),
        manifest.eventTime(),
        Optional.of(manifest.created()),
        reason,
        left);
  }
}
