package io.freshet.event.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.function.UnaryOperator;

/**
 * What is sent to a registry as {@code Authorization}: {@code user:password} or {@code Bearer
 * <token>}, given as such, or as the content of an environment variable, {@code env:NAME}, or of a
 * file, {@code file:/path}. They are read for each request, so that a file may be replaced.
 */
final class RegistryCredentials {
  private static final String BEARER = "Bearer ";
  private static final String ENV = "env:";
  private static final String FILE = "file:";

  private final String source;
  private final UnaryOperator<String> environment;

  /**
   * @param source empty for none
   * @param environment the value of a variable; null for one that is not set
   */
  RegistryCredentials(String source, UnaryOperator<String> environment) {
    this.source = source;
    this.environment = environment;
  }

  /**
   * The header's value; empty for none.
   *
   * @throws IOException where they cannot be read; its message holds none of them
   */
  String authorization() throws IOException {
    String credentials = read();
    return credentials.isEmpty() || credentials.startsWith(BEARER)
        ? credentials
        : "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8));
  }

  private String read() throws IOException {
    if (source.startsWith(ENV)) {
      String name = source.substring(ENV.length());
      return checked(environment.apply(name), "the environment variable " + name);
    } else if (source.startsWith(FILE)) {
      return ofFile(source.substring(FILE.length()));
    }
    return source;
  }

  private static String ofFile(String path) throws IOException {
    String text;
    try {
      text = Files.readString(Path.of(path));
    } catch (IOException e) {
      throw new IOException(
          "events.registry-auth: the file %s cannot be read: %s".formatted(path, e), e);
    }
    return checked(text, "the file " + path);
  }

  private static String checked(String read, String where) throws IOException {
    String credentials = read == null ? "" : read.strip();
    if (!credentials.matches("Bearer \\S+|[^:\\p{Cntrl}]+:\\P{Cntrl}*")) {
      throw new IOException(
          "events.registry-auth: %s holds no credentials; expected user:password or Bearer <token>"
              .formatted(where));
    }
    return credentials;
  }
}
