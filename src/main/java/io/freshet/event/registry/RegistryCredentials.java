package io.freshet.event.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.config.option.References;
import io.freshet.config.option.References.UnresolvedException;
import java.io.IOException;
import java.util.Base64;
import java.util.function.UnaryOperator;

/**
 * What is sent to a registry as {@code Authorization}: {@code user:password} or {@code Bearer
 * <token>}, with {@link References}. These are looked up for each request, so that a file may be
 * replaced.
 */
final class RegistryCredentials {
  private static final String BEARER = "Bearer ";

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
    String credentials;
    try {
      credentials = References.resolve(source, environment);
    } catch (UnresolvedException e) {
      throw new IOException("events.registry-auth: " + e.getMessage());
    }
    if (!source.isEmpty() && !credentials.matches("Bearer \\S+|[^:\\p{Cntrl}]+:\\P{Cntrl}*")) {
      throw new IOException(
          "events.registry-auth: %s is no credentials; expected user:password or Bearer <token>"
              .formatted(References.shown(source)));
    }
    return credentials;
  }
}
