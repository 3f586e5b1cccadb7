package io.freshet.cli.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The page's own files, resources next to this class. */
final class Resources {
  private static final Map<String, String> TYPES =
      Map.of(
          "index.html", "text/html; charset=utf-8",
          "console.css", "text/css; charset=utf-8",
          "console.js", "text/javascript; charset=utf-8",
          "panels.js", "text/javascript; charset=utf-8",
          "chart.js", "text/javascript; charset=utf-8",
          "score.js", "text/javascript; charset=utf-8",
          "text.js", "text/javascript; charset=utf-8",
          "icon.svg", "image/svg+xml");

  private final Map<String, Resource> byPath = new LinkedHashMap<>();

  record Resource(String type, byte[] bytes) {}

  Resources() {
    TYPES.forEach((name, type) -> byPath.put("/" + name, new Resource(type, read(name))));
    byPath.put("/", byPath.get("/index.html"));
  }

  Optional<Resource> at(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  private static byte[] read(String name) {
    try (InputStream in = Resources.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name + " from the jar", e);
    }
  }
}
