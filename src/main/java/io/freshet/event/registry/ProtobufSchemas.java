package io.freshet.event.registry;

import static java.util.stream.Collectors.toMap;

import com.google.protobuf.AnyProto;
import com.google.protobuf.ApiProto;
import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.EmptyProto;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.SourceContextProto;
import com.google.protobuf.StructProto;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.TypeProto;
import com.google.protobuf.WrappersProto;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Protobuf's schemas as descriptors: as registries serialize them, one of a file, or as {@code
 * protoc --include_imports --descriptor_set_out} writes them, of a file and what it imports.
 *
 * <p>The files of Protobuf itself may be missing, and those that are used for options only.
 */
public final class ProtobufSchemas implements SchemaFormat<FileDescriptor> {
  private static final Map<String, FileDescriptor> OWN =
      Stream.of(
              AnyProto.getDescriptor(),
              ApiProto.getDescriptor(),
              DescriptorProtos.getDescriptor(),
              DurationProto.getDescriptor(),
              EmptyProto.getDescriptor(),
              FieldMaskProto.getDescriptor(),
              SourceContextProto.getDescriptor(),
              StructProto.getDescriptor(),
              TimestampProto.getDescriptor(),
              TypeProto.getDescriptor(),
              WrappersProto.getDescriptor())
          .collect(toMap(FileDescriptor::getName, file -> file));

  @Override
  public String type() {
    return "PROTOBUF";
  }

  @Override
  public String query() {
    return "?format=serialized";
  }

  @Override
  public String suffix() {
    return ".desc";
  }

  @Override
  public FileDescriptor parse(List<Source> sources) throws IOException {
    List<FileDescriptorProto> files = new ArrayList<>();
    for (Source source : sources) {
      FileDescriptorProto file = file(source.text());
      files.add(source.name().isEmpty() ? file : file.toBuilder().setName(source.name()).build());
    }
    return last(link(files));
  }

  private static FileDescriptorProto file(String base64) throws IOException {
    try {
      return FileDescriptorProto.parseFrom(Base64.getMimeDecoder().decode(base64));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new IOException(
          "the registry gives no descriptor in base64, as ?format=serialized asks for; give a file"
              + " of them in events.protobuf.descriptor: "
              + e.getMessage(),
          e);
    }
  }

  @Override
  public FileDescriptor read(byte[] file) {
    return last(files(file));
  }

  /**
   * The files of a descriptor set, in its order.
   *
   * @throws IllegalArgumentException where it is none
   */
  public static List<FileDescriptor> files(byte[] set) {
    try {
      return link(FileDescriptorSet.parseFrom(set).getFileList());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("no descriptor set: " + e.getMessage(), e);
    }
  }

  private static FileDescriptor last(List<FileDescriptor> files) {
    if (files.isEmpty()) {
      throw new IllegalArgumentException("a descriptor set without files");
    }
    return files.get(files.size() - 1);
  }

  private static List<FileDescriptor> link(List<FileDescriptorProto> files) {
    Map<String, FileDescriptorProto> byName = new LinkedHashMap<>();
    files.forEach(file -> byName.put(file.getName(), file));
    Map<String, FileDescriptor> linked = new HashMap<>();
    try {
      List<FileDescriptor> all = new ArrayList<>();
      for (FileDescriptorProto file : byName.values()) {
        all.add(link(file, byName, linked));
      }
      return all;
    } catch (DescriptorValidationException e) {
      throw new IllegalArgumentException("no descriptor: " + e.getMessage(), e);
    }
  }

  private static FileDescriptor link(
      FileDescriptorProto file,
      Map<String, FileDescriptorProto> byName,
      Map<String, FileDescriptor> linked)
      throws DescriptorValidationException {
    if (linked.containsKey(file.getName())) {
      FileDescriptor known = linked.get(file.getName());
      if (known == null) {
        throw new IllegalArgumentException(
            "no descriptor: %s imports itself".formatted(file.getName()));
      }
      return known;
    }
    linked.put(file.getName(), null); // under way
    List<FileDescriptor> imports = new ArrayList<>();
    for (String name : file.getDependencyList()) {
      if (byName.containsKey(name)) {
        imports.add(link(byName.get(name), byName, linked));
      } else if (OWN.containsKey(name)) {
        imports.add(OWN.get(name));
      }
    }
    FileDescriptor built =
        FileDescriptor.buildFrom(file, imports.toArray(FileDescriptor[]::new), false);
    linked.put(file.getName(), built);
    return built;
  }

  @Override
  public byte[] write(FileDescriptor schema) {
    Map<String, FileDescriptorProto> files = new LinkedHashMap<>();
    collect(schema, files);
    return FileDescriptorSet.newBuilder().addAllFile(files.values()).build().toByteArray();
  }

  private static void collect(FileDescriptor file, Map<String, FileDescriptorProto> files) {
    file.getDependencies().forEach(imported -> collect(imported, files));
    files.putIfAbsent(file.getName(), file.toProto());
  }
}
