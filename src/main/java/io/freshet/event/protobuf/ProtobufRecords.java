package io.freshet.event.protobuf;

import static io.freshet.event.Rejection.Kind.NOT_PROTOBUF;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.freshet.event.DecodeResult;
import io.freshet.event.RejectedException;
import io.freshet.event.Rejection;
import io.freshet.event.frame.Frame;
import io.freshet.event.frame.RecordHeaders;
import io.freshet.event.frame.WriterSchemas;
import io.freshet.event.parse.BinaryInput;
import io.freshet.event.parse.RecordParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Opens a record's bytes as one Protobuf message, of a type that is given or that the record names
 * itself: by a {@link Frame} and a {@link MessageRef}. Where the type is given, these are skipped.
 *
 * <p>Only descriptors are protobuf-java's: messages are read where they lie.
 */
public final class ProtobufRecords implements RecordParser {
  private static final String TYPE = "apicurio.protobuf.type";

  private final int maxBytes;
  private final MessageTypes types; // null where the message is given
  private final MessageShape given; // null where records name theirs
  private final BinaryInput refs = new BinaryInput(NOT_PROTOBUF);
  private final ProtobufTokens tokens;

  /** A parser of messages that name their types. */
  public ProtobufRecords(int maxBytes, WriterSchemas<FileDescriptor> files) {
    this(maxBytes, new MessageTypes(files), null);
  }

  /** A parser of messages of one type. */
  public ProtobufRecords(int maxBytes, Descriptor type) {
    this(maxBytes, null, MessageShape.of(requireNonNull(type, "type")));
  }

  private ProtobufRecords(int maxBytes, MessageTypes types, MessageShape given) {
    this.maxBytes = maxBytes;
    this.types = types;
    this.given = given;
    tokens = new ProtobufTokens(maxBytes);
  }

  /** The message of a file by its name, with or without the package. */
  public static Optional<Descriptor> find(FileDescriptor file, String name) {
    return MessageTypes.find(file.getMessageTypes(), name);
  }

  @Override
  public <T> DecodeResult<T> parse(byte[] value, RecordHeaders headers, Body<T> body) {
    Frame frame = Frame.NONE;
    MessageShape shape = given;
    try {
      RecordParser.checkSize(value, maxBytes, "a Protobuf message");
      frame = Frame.of(value, headers);
      if (frame.id() == null && given == null) {
        throw withoutId(value);
      }
      refs.reset(value, frame.length());
      if (frame.id() != null) {
        MessageRef ref = ref(frame, value, headers);
        shape = given == null ? types.of(frame.id(), ref) : given;
      }
      tokens.reset(value, refs.position(), shape);
      return body.read(tokens);
    } catch (RejectedException e) {
      return rejected(e.rejection().kind(), e.getMessage(), frame, shape);
    } catch (UncheckedIOException e) {
      throw e; // of the schemas
    } catch (IOException | RuntimeException e) {
      // Unforeseen descriptors and bytes must not stop the job.
      return rejected(NOT_PROTOBUF, "the Protobuf reader failed: " + e, frame, shape);
    }
  }

  private MessageRef ref(Frame frame, byte[] value, RecordHeaders headers)
      throws RejectedException {
    if (frame.length() > 0) {
      return MessageRef.read(value, refs);
    }
    if (MessageRef.isNamed(value, 0)) {
      return MessageRef.read(value, refs); // Apicurio's, in spite of the headers
    }
    byte[] type = headers.last(TYPE);
    if (type != null) {
      return MessageRef.named(new String(type, UTF_8));
    }
    if (frame.rest() == null || frame.rest().length == 0) {
      return MessageRef.FIRST;
    }
    BinaryInput rest = new BinaryInput(NOT_PROTOBUF);
    rest.reset(frame.rest(), 0);
    return MessageRef.readIndexes(rest);
  }

  private static RejectedException withoutId(byte[] value) {
    return new RejectedException(
        NOT_PROTOBUF,
        "the record has %s bytes and begins with byte %s; expected the schema's id, as serializers with a registry write it, or events.protobuf.descriptor"
            .formatted(value.length, value[0] & 0xFF));
  }

  private static <T> DecodeResult<T> rejected(
      Rejection.Kind kind, String reason, Frame frame, MessageShape shape) {
    String of =
        (frame.id() == null ? "" : " schema " + frame.id())
            + (shape == null ? "" : " " + shape.name());
    return new DecodeResult.Rejected<>(
        new Rejection(kind, of.isEmpty() ? reason : "%s [%s]".formatted(reason, of.strip())));
  }
}
