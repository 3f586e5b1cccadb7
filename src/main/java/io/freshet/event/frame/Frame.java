package io.freshet.event.frame;

import static io.freshet.event.Rejection.Kind.UNKNOWN_SCHEMA;

import io.freshet.event.RejectedException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;

/**
 * What a serializer with a schema registry put before a record's bytes, or into its headers:
 *
 * <ul>
 *   <li>before the bytes, by Confluent's serializers, those of Apicurio 3, Karapace and Redpanda:
 *       byte 0 and an id in four bytes;
 *   <li>by those of Apicurio 2: byte 0 and a global id in eight bytes, of which the first four are
 *       0, as no registry gives the id 0;
 *   <li>in the header {@code __value_schema_id}, by Confluent's: byte 1 and a GUID in 16 bytes, or
 *       byte 0 and an id;
 *   <li>in the headers {@code apicurio.value.globalId} and {@code apicurio.value.contentId}: a
 *       number of eight bytes, or of four.
 * </ul>
 *
 * All numbers have the most significant byte first.
 *
 * @param id null for none
 * @param length how many bytes of the value it takes
 * @param rest what Confluent's header says after the id; null for no such header
 */
public record Frame(SchemaId id, int length, byte[] rest) {
  public static final Frame NONE = new Frame(null, 0, null);

  private static final String CONFLUENT = "__value_schema_id";
  private static final String GLOBAL = "apicurio.value.globalId";
  private static final String CONTENT = "apicurio.value.contentId";
  private static final int ID = 1 + Integer.BYTES;
  private static final int GLOBAL_ID = 1 + Long.BYTES;
  private static final int GUID = 1 + 2 * Long.BYTES;

  /** The frame of a value by its headers, or else by its first bytes. */
  public static Frame of(byte[] value, RecordHeaders headers) throws RejectedException {
    byte[] header = headers.last(CONFLUENT);
    if (header != null) {
      Frame frame = at(header);
      if (frame.id == null) {
        throw unreadable(CONFLUENT, header, "byte 0 and 4 bytes, or byte 1 and 16 bytes");
      }
      byte[] rest = Arrays.copyOfRange(header, frame.length, header.length);
      return new Frame(frame.id, 0, rest);
    }
    header = headers.last(GLOBAL);
    if (header != null) {
      return new Frame(SchemaId.ofGlobal(number(GLOBAL, header)), 0, null);
    }
    header = headers.last(CONTENT);
    if (header != null) {
      return new Frame(SchemaId.of((int) number(CONTENT, header)), 0, null);
    }
    return at(value);
  }

  /** The frame that some bytes begin with. */
  public static Frame at(byte[] bytes) {
    if (bytes.length >= ID && bytes[0] == 0) {
      int id = ByteBuffer.wrap(bytes).getInt(1);
      return id == 0 && bytes.length >= GLOBAL_ID
          ? new Frame(SchemaId.ofGlobal(ByteBuffer.wrap(bytes).getLong(1)), GLOBAL_ID, null)
          : new Frame(SchemaId.of(id), ID, null);
    } else if (bytes.length >= GUID && bytes[0] == 1) {
      ByteBuffer guid = ByteBuffer.wrap(bytes);
      UUID uuid = new UUID(guid.getLong(1), guid.getLong(1 + Long.BYTES));
      return new Frame(SchemaId.ofGuid(uuid), GUID, null);
    }
    return NONE;
  }

  private static long number(String name, byte[] header) throws RejectedException {
    return switch (header.length) {
      case Integer.BYTES -> ByteBuffer.wrap(header).getInt();
      case Long.BYTES -> ByteBuffer.wrap(header).getLong();
      default -> throw unreadable(name, header, "4 or 8");
    };
  }

  private static RejectedException unreadable(String name, byte[] header, String expected) {
    return new RejectedException(
        UNKNOWN_SCHEMA,
        "the header %s has %s bytes; expected %s, the id of a schema"
            .formatted(name, header.length, expected));
  }
}
