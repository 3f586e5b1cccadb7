package io.freshet.event.parse;

import static io.freshet.event.Rejection.Kind.EMPTY;
import static io.freshet.event.Rejection.Kind.TOO_LARGE;

import io.freshet.event.DecodeResult;
import io.freshet.event.RejectedException;
import io.freshet.event.frame.RecordHeaders;
import java.io.IOException;

/** Opens a record's bytes as one object and makes a rejection of whatever goes wrong in it. */
public interface RecordParser {

  /** Reads the keys of a record; called at the start of its object, returns at the end of it. */
  interface Body<T> {
    DecodeResult<T> read(Tokens record) throws IOException, RejectedException;
  }

  <T> DecodeResult<T> parse(byte[] value, RecordHeaders headers, Body<T> body);

  /** Rejects a value of no bytes or of too many. */
  static void checkSize(byte[] value, int maxBytes, String expected) throws RejectedException {
    if (value == null || value.length == 0) {
      throw new RejectedException(EMPTY, "the record has no value; expected " + expected);
    }
    if (value.length > maxBytes) {
      throw new RejectedException(
          TOO_LARGE, "%s bytes; at most %s are allowed".formatted(value.length, maxBytes));
    }
  }
}
