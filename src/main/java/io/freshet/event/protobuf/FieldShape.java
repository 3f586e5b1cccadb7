package io.freshet.event.protobuf;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** A field of a message type, ready to be read. */
final class FieldShape {
  private static final Set<String> WRAPPERS =
      Set.of(
          "google.protobuf.DoubleValue",
          "google.protobuf.FloatValue",
          "google.protobuf.Int64Value",
          "google.protobuf.UInt64Value",
          "google.protobuf.Int32Value",
          "google.protobuf.UInt32Value",
          "google.protobuf.BoolValue",
          "google.protobuf.StringValue",
          "google.protobuf.BytesValue");

  /** What a value of the field is. */
  enum Kind {
    SCALAR,
    MESSAGE,
    MAP,
    /** A message that stands for its only value, which may be absent. */
    WRAPPER,
    TIMESTAMP
  }

  final int index;
  final String name;
  final Type type;
  final Kind kind;
  final boolean isList;

  /** Whether it is said of the field that it is not there; otherwise it has its default then. */
  final boolean hasPresence;

  /** How its values are written. */
  final int wire;

  /** Of messages, and the entries of maps; null for others. */
  final MessageShape message;

  private final Map<Integer, String> symbols = new HashMap<>(); // of an enum

  FieldShape(int index, FieldDescriptor field, Map<Descriptor, MessageShape> known) {
    this.index = index;
    name = field.getName();
    type = field.getType();
    kind = kind(field);
    isList = field.isRepeated() && !field.isMapField();
    hasPresence = field.hasPresence();
    wire = wire(type);
    boolean isMessage = type == Type.MESSAGE || type == Type.GROUP;
    message = isMessage ? MessageShape.of(field.getMessageType(), known) : null;
    if (type == Type.ENUM) {
      for (EnumValueDescriptor value : field.getEnumType().getValues()) {
        symbols.putIfAbsent(value.getNumber(), value.getName());
      }
    }
  }

  private static Kind kind(FieldDescriptor field) {
    if (field.isMapField()) {
      return Kind.MAP;
    } else if (field.getType() != Type.MESSAGE) {
      return field.getType() == Type.GROUP ? Kind.MESSAGE : Kind.SCALAR;
    }
    String message = field.getMessageType().getFullName();
    if (message.equals("google.protobuf.Timestamp")) {
      return Kind.TIMESTAMP;
    }
    return WRAPPERS.contains(message) ? Kind.WRAPPER : Kind.MESSAGE;
  }

  private static int wire(Type type) {
    return switch (type) {
      case FIXED64, SFIXED64, DOUBLE -> Wire.FIXED64;
      case FIXED32, SFIXED32, FLOAT -> Wire.FIXED32;
      case STRING, BYTES, MESSAGE -> Wire.LENGTH;
      case GROUP -> Wire.GROUP;
      default -> Wire.VARINT;
    };
  }

  boolean isRepeated() {
    return isList || kind == Kind.MAP;
  }

  /** Whether a value may be written so: as one, or many of them together. */
  boolean takes(int wireType) {
    return wireType == wire || isList && isPackable() && wireType == Wire.LENGTH;
  }

  boolean isPackable() {
    return wire != Wire.LENGTH && wire != Wire.GROUP;
  }

  /** The name of an enum's number; null for one that its descriptor does not know. */
  String symbol(int number) {
    return symbols.get(number);
  }
}
