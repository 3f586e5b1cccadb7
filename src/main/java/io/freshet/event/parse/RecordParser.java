package io.freshet.event.parse;

import io.freshet.event.DecodeResult;
import io.freshet.event.RejectedException;
import java.io.IOException;

/** Opens a record's bytes as one object and makes a rejection of whatever goes wrong in it. */
public interface RecordParser {

  /** Reads the keys of a record; called at the start of its object, returns at the end of it. */
  interface Body<T> {
    DecodeResult<T> read(Tokens record) throws IOException, RejectedException;
  }

  <T> DecodeResult<T> parse(byte[] value, Body<T> body);
}
