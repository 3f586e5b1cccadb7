package io.freshet.event.protobuf;

import io.freshet.event.RejectedException;
import io.freshet.event.parse.BinaryInput;
import java.util.ArrayList;
import java.util.List;

/**
 * Which message of its file a record is, as serializers with a registry say it before the record's
 * bytes: Confluent's by the indexes of the message and of those around it, behind their count, or
 * just 0 for the first of the file; Apicurio's by a message of their own that holds the name.
 *
 * @param indexes empty where there is a name
 * @param name empty where there are indexes
 */
record MessageRef(List<Integer> indexes, String name) {
  /** The first message of a file. */
  static final MessageRef FIRST = new MessageRef(List.of(0), "");

  private static final int MOST = 64;
  private static final int NAME_TAG = 1 << 3 | Wire.LENGTH;

  static MessageRef named(String name) {
    return new MessageRef(List.of(), name);
  }

  /** Reads what the input begins with, and goes on behind it. */
  static MessageRef read(byte[] bytes, BinaryInput in) throws RejectedException {
    return isNamed(bytes, in.position()) ? readName(in) : readIndexes(in);
  }

  /** Whether a name follows: its message's length, a tag and the text's length come before it. */
  static boolean isNamed(byte[] bytes, int at) {
    if (bytes.length - at < 4 || bytes[at + 1] != NAME_TAG) {
      return false;
    }
    int size = bytes[at + 2];
    if (size < 1 || bytes[at] != size + 2 || bytes.length - at < size + 3) {
      return false;
    }
    for (int i = at + 3; i < at + 3 + size; i++) {
      if (bytes[i] != '.' && !Character.isJavaIdentifierPart(bytes[i]) || bytes[i] < '.') {
        return false;
      }
    }
    return true;
  }

  private static MessageRef readName(BinaryInput in) throws RejectedException {
    in.skip(2);
    in.readString(in.readVarint());
    return named(new String(in.chars(), 0, in.length()));
  }

  static MessageRef readIndexes(BinaryInput in) throws RejectedException {
    long count = in.readLong();
    if (count == 0) {
      return FIRST;
    }
    if (count < 0 || count > MOST) {
      throw in.malformed("%s indexes of a message; expected 1 to %s".formatted(count, MOST));
    }
    List<Integer> indexes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      indexes.add(in.readInt());
    }
    return new MessageRef(indexes, "");
  }

  @Override
  public String toString() {
    return name.isEmpty() ? "of the indexes " + indexes : name;
  }
}
