package io.freshet.wire;

import io.freshet.wire.codec.Codecs;
import io.freshet.wire.codec.StateCodec;
import java.io.IOException;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/** State in a format that this release does not read: the job fails and is not restarted. */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
final class StateFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  StateFormatException(String message) {
    super(message);
  }

  static StateFormatException ofUnknown(String id) {
    return new StateFormatException(
        "unknown state format: found %s, expected one of %s; the state was written by a newer release"
            .formatted(
                id,
                Codecs.formats().stream()
                    .map(StateCodec::id)
                    .collect(Collectors.toCollection(TreeSet::new))));
  }

  static StateFormatException ofVersion(StateCodec<?> format, int found) {
    return new StateFormatException(
        "state format %s: found version %s, expected 1 to %s; the state was written by a newer release"
            .formatted(format.id(), found, format.version()));
  }
}
