package io.freshet.snapshot.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The text of a JSON file below a snapshot root, to be changed: without the digest. */
public final class Undigested {
  private Undigested() {}

  public static String read(Path file) throws IOException {
    return Files.readString(file).replaceFirst(",\\s*\"digest\" : \"[0-9a-f]{64}\"", "");
  }
}
