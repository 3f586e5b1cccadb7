package io.freshet.event.protobuf;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.freshet.event.registry.ProtobufSchemas;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Descriptors of {@code .proto} files, as protoc would make them: of messages, enums, maps, oneofs
 * and groups without options or comments.
 */
public final class ProtoFiles {
  private static final Set<String> LABELS = Set.of("optional", "required", "repeated");

  private final Deque<String> tokens;
  private boolean isProto3;

  private ProtoFiles(String text) {
    tokens =
        new ArrayDeque<>(Arrays.asList(text.strip().split("\\s+|(?=[;{}=<>,])|(?<=[;{}=<>,])")));
    tokens.removeIf(String::isBlank);
  }

  /** A file that imports nothing but Protobuf's own. */
  public static FileDescriptor file(String text) {
    List<FileDescriptor> files = ProtobufSchemas.files(set(text).toByteArray());
    return files.get(files.size() - 1);
  }

  public static FileDescriptorSet set(String text) {
    return FileDescriptorSet.newBuilder().addFile(proto("events.proto", text)).build();
  }

  public static FileDescriptorProto proto(String name, String text) {
    return new ProtoFiles(text).file(FileDescriptorProto.newBuilder().setName(name));
  }

  private FileDescriptorProto file(FileDescriptorProto.Builder file) {
    while (!tokens.isEmpty()) {
      switch (next()) {
        case "syntax" -> {
          isProto3 = next("=").contains("proto3");
          if (isProto3) {
            file.setSyntax("proto3");
          }
          expect(";");
        }
        case "package" -> file.setPackage(statement());
        case "import" -> file.addDependency(statement().replace("\"", ""));
        case "message" -> file.addMessageType(message());
        case "enum" -> file.addEnumType(enumeration());
        default -> throw new IllegalArgumentException("before " + tokens);
      }
    }
    return file.build();
  }

  private String statement() {
    String value = next();
    expect(";");
    return value;
  }

  private DescriptorProto message() {
    return body(DescriptorProto.newBuilder().setName(next()));
  }

  private DescriptorProto body(DescriptorProto.Builder message) {
    expect("{");
    while (!tokens.peek().equals("}")) {
      String first = next();
      switch (first) {
        case "message" -> message.addNestedType(message());
        case "enum" -> message.addEnumType(enumeration());
        case "map" -> map(message);
        case "oneof" -> oneof(message);
        default -> field(first, message, -1);
      }
    }
    expect("}");
    // Those of optional fields come behind all others.
    for (int i = 0; i < message.getFieldCount(); i++) {
      FieldDescriptorProto.Builder field = message.getFieldBuilder(i);
      if (field.getProto3Optional()) {
        field.setOneofIndex(message.getOneofDeclCount());
        message.addOneofDeclBuilder().setName("_" + field.getName());
      }
    }
    return message.build();
  }

  private void oneof(DescriptorProto.Builder message) {
    int index = message.getOneofDeclCount();
    message.addOneofDeclBuilder().setName(next());
    expect("{");
    while (!tokens.peek().equals("}")) {
      field(next(), message, index);
    }
    expect("}");
  }

  private void field(String first, DescriptorProto.Builder message, int oneof) {
    FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder();
    field.setLabel(Label.LABEL_OPTIONAL);
    String type = first;
    if (LABELS.contains(first)) {
      field.setLabel(Label.valueOf("LABEL_" + first.toUpperCase(Locale.ROOT)));
      field.setProto3Optional(isProto3 && first.equals("optional"));
      type = next();
    }
    if (oneof >= 0) {
      field.setOneofIndex(oneof);
    }
    String name = next();
    field.setNumber(Integer.parseInt(next("=")));
    if (type.equals("group")) {
      message.addNestedType(body(DescriptorProto.newBuilder().setName(name)));
      field.setType(FieldDescriptorProto.Type.TYPE_GROUP).setTypeName(name);
      message.addField(field.setName(name.toLowerCase(Locale.ROOT)));
    } else {
      message.addField(typed(field.setName(name), type));
      expect(";");
    }
  }

  private void map(DescriptorProto.Builder message) {
    String key = next("<");
    String value = next(",");
    String name = next(">");
    String entry = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1) + "Entry";
    DescriptorProto.Builder type = message.addNestedTypeBuilder().setName(entry);
    type.getOptionsBuilder().setMapEntry(true);
    type.addField(typed(part("key", 1), key)).addField(typed(part("value", 2), value));
    message.addField(
        part(name, Integer.parseInt(next("="))).setLabel(Label.LABEL_REPEATED).setTypeName(entry));
    expect(";");
  }

  private static FieldDescriptorProto.Builder part(String name, int number) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setLabel(Label.LABEL_OPTIONAL);
  }

  private static FieldDescriptorProto.Builder typed(
      FieldDescriptorProto.Builder field, String type) {
    try {
      return field.setType(
          FieldDescriptorProto.Type.valueOf("TYPE_" + type.toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException e) {
      return field.setTypeName(type);
    }
  }

  private EnumDescriptorProto enumeration() {
    EnumDescriptorProto.Builder enumeration = EnumDescriptorProto.newBuilder().setName(next());
    expect("{");
    while (!tokens.peek().equals("}")) {
      String name = next();
      enumeration.addValueBuilder().setName(name).setNumber(Integer.parseInt(next("=")));
      expect(";");
    }
    expect("}");
    return enumeration.build();
  }

  private String next() {
    return tokens.remove();
  }

  /** The token behind one that must come now. */
  private String next(String expected) {
    expect(expected);
    return next();
  }

  private void expect(String expected) {
    String token = tokens.remove();
    if (!token.equals(expected)) {
      throw new IllegalArgumentException(
          "%s before %s; expected %s".formatted(token, tokens, expected));
    }
  }
}
