package io.freshet.event.protobuf;

import static io.freshet.event.Rejection.Kind.UNKNOWN_SCHEMA;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.freshet.event.RejectedException;
import io.freshet.event.frame.SchemaId;
import io.freshet.event.frame.WriterSchemas;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The message types that records are of, from the files that their registry has. */
final class MessageTypes {
  private static final int MOST = 1000;

  private final WriterSchemas<FileDescriptor> files;
  private final Map<Key, MessageShape> known = new HashMap<>();
  private SchemaId lastId; // null at first
  private MessageRef lastRef;
  private MessageShape last;

  private record Key(SchemaId id, MessageRef ref) {}

  MessageTypes(WriterSchemas<FileDescriptor> files) {
    this.files = files;
  }

  MessageShape of(SchemaId id, MessageRef ref) throws RejectedException {
    if (!id.equals(lastId) || !ref.equals(lastRef)) {
      last = find(new Key(id, ref));
      lastId = id;
      lastRef = ref;
    }
    return last;
  }

  private MessageShape find(Key key) throws RejectedException {
    MessageShape shape = known.get(key);
    if (shape == null) {
      shape =
          message(files.of(key.id()), key.ref())
              .map(MessageShape::of)
              .orElseThrow(
                  () ->
                      new RejectedException(
                          UNKNOWN_SCHEMA,
                          "schema %s has no message %s".formatted(key.id(), key.ref())));
      if (known.size() == MOST) {
        known.clear();
      }
      known.put(key, shape);
    }
    return shape;
  }

  private static Optional<Descriptor> message(FileDescriptor file, MessageRef ref) {
    if (!ref.name().isEmpty()) {
      return find(file.getMessageTypes(), ref.name());
    }
    List<Descriptor> among = file.getMessageTypes();
    Descriptor message = null;
    for (int index : ref.indexes()) {
      if (index < 0 || index >= among.size()) {
        return Optional.empty();
      }
      message = among.get(index);
      among = message.getNestedTypes();
    }
    return Optional.ofNullable(message);
  }

  /** The message of a name, with or without its package. */
  static Optional<Descriptor> find(List<Descriptor> among, String name) {
    for (Descriptor message : among) {
      if (message.getFullName().equals(name) || message.getName().equals(name)) {
        return Optional.of(message);
      }
      Optional<Descriptor> nested = find(message.getNestedTypes(), name);
      if (nested.isPresent()) {
        return nested;
      }
    }
    return Optional.empty();
  }
}
