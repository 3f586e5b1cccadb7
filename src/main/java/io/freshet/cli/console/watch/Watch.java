package io.freshet.cli.console.watch;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/** A source of figures, read on request by one thread at a time. */
public interface Watch extends AutoCloseable {

  /**
   * Returns the current figures.
   *
   * @throws IOException with the reason, in words for the page; the next look tries again
   */
  JsonNode look() throws IOException, InterruptedException;

  @Override
  default void close() {}

  /** A watch whose source is not configured. */
  static Watch unavailable(String why) {
    return () -> {
      throw new IOException(why);
    };
  }
}
