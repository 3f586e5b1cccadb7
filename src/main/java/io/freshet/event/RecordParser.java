package io.freshet.event;

import java.io.IOException;

/** Opens a record's bytes as one object and makes a rejection of whatever goes wrong in it. */
interface RecordParser {

  /** Reads the keys of a record; called at the start of its object, returns at the end of it. */
  interface Body<T> {
    Outcome<T> read(Tokens record) throws IOException, RejectedException;
  }

  <T> Outcome<T> parse(byte[] value, Body<T> body);
}
