package io.freshet.cli.console.watch;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/** Reads one source of figures, as often as it is asked to; by one thread at a time. */
public interface Watch extends AutoCloseable {

  /**
   * The figures of now.
   *
   * @throws IOException why there are none, in words for the page; the next look tries again
   */
  JsonNode look() throws IOException, InterruptedException;

  @Override
  default void close() {}

  /** A watch of something that is not there to be watched. */
  static Watch unavailable(String why) {
    return () -> {
      throw new IOException(why);
    };
  }
}
