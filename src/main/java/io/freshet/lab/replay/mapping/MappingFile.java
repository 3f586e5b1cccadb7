package io.freshet.lab.replay.mapping;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Reads mappings: users' files, and those in the jar. */
public final class MappingFile {
  /** The mappings in the jar. */
  public static final List<String> READY = List.of("movielens", "criteo", "open-bandit");

  private static final ObjectMapper YAML =
      YAMLMapper.builder().enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS).build();

  private MappingFile() {}

  public static ReplayMapping read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return parse(in, file.toString());
    } catch (NoSuchFileException e) {
      throw new IOException(
          "there is no mapping %s; expected a file, or one of %s".formatted(file, READY), e);
    }
  }

  public static ReplayMapping ready(String name) throws IOException {
    String resource = name + "-replay.yaml";
    try (InputStream in = MappingFile.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("no mapping '%s' in the jar; there are %s".formatted(name, READY));
      }
      return parse(in, resource);
    }
  }

  /** The mapping in the jar that reads the files in the directory. */
  public static String readyFor(Path directory) throws IOException {
    for (String name : READY) {
      ReplayMapping mapping = ready(name);
      if (Files.exists(directory.resolve(mapping.input().file()))) {
        return name;
      }
    }
    throw new IOException(
        "no mapping in the jar is for the files in %s; there are %s".formatted(directory, READY));
  }

  private static ReplayMapping parse(InputStream in, String name) throws IOException {
    try {
      return YAML.readValue(in, ReplayMapping.class);
    } catch (JsonProcessingException e) {
      throw new IOException(name + place(e) + ": " + problem(e), e);
    }
  }

  private static String place(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    return at == null ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr();
  }

  private static String problem(JsonProcessingException e) {
    String path = e instanceof JsonMappingException mapping ? path(mapping) : "";
    if (e instanceof UnrecognizedPropertyException unknown) {
      return path + " is not a key; known are " + unknown.getKnownPropertyIds();
    }
    if (e instanceof ValueInstantiationException refused && refused.getCause() != null) {
      return path + (path.isEmpty() ? "" : ": ") + refused.getCause().getMessage();
    }
    return path + (path.isEmpty() ? "" : ": ") + e.getOriginalMessage();
  }

  private static String path(JsonMappingException e) {
    return e.getPath().stream()
        .map(
            step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
        .collect(Collectors.joining("."))
        .replace(".[", "[");
  }
}
