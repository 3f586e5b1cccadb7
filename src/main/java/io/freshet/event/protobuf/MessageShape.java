package io.freshet.event.protobuf;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A message type, ready to be read: its fields in their order, and by their numbers. */
public final class MessageShape {
  private static final int DIRECT = 256;

  private final String name;
  private final FieldShape[] fields;
  private final FieldShape[] byNumber; // the low ones
  private final Map<Integer, FieldShape> others = new HashMap<>();

  private MessageShape(Descriptor type, Map<Descriptor, MessageShape> known) {
    known.put(type, this); // before its fields, as a message may contain its own type
    name = type.getFullName();
    List<FieldDescriptor> declared = type.getFields();
    fields = new FieldShape[declared.size()];
    byNumber = new FieldShape[DIRECT];
    for (int index = 0; index < fields.length; index++) {
      FieldShape field = new FieldShape(index, declared.get(index), known);
      fields[index] = field;
      int number = declared.get(index).getNumber();
      if (number < DIRECT) {
        byNumber[number] = field;
      } else {
        others.put(number, field);
      }
    }
  }

  public static MessageShape of(Descriptor type) {
    return of(type, new HashMap<>());
  }

  static MessageShape of(Descriptor type, Map<Descriptor, MessageShape> known) {
    MessageShape shape = known.get(type);
    return shape == null ? new MessageShape(type, known) : shape;
  }

  String name() {
    return name;
  }

  int size() {
    return fields.length;
  }

  FieldShape field(int index) {
    return fields[index];
  }

  /** The field of a number; null for none. */
  FieldShape find(int number) {
    return number < DIRECT ? byNumber[number] : others.get(number);
  }
}
