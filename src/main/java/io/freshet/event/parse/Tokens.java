package io.freshet.event.parse;

import com.fasterxml.jackson.core.JsonToken;
import io.freshet.event.RejectedException;
import java.io.IOException;

/**
 * A record as a row of JSON's tokens, whatever the format of its bytes: so that an event means the
 * same in each, and what is wrong with it is called the same.
 *
 * <p>The methods are those of Jackson's parser of the same names. What has no like in JSON, bytes,
 * is a {@link JsonToken#VALUE_EMBEDDED_OBJECT}.
 */
public interface Tokens {

  /** Goes on to the next token; null at the end. */
  JsonToken nextToken() throws IOException, RejectedException;

  /** Goes on to the next token, and returns the name if it is a field's; null if it is not. */
  String nextFieldName() throws IOException, RejectedException;

  JsonToken currentToken();

  /** From the start of an object or list on to its end; nothing elsewhere. */
  void skipChildren() throws IOException, RejectedException;

  String getText() throws IOException;

  /** The characters of a string, or the digits of an integer, from the offset on. */
  char[] getTextCharacters() throws IOException;

  int getTextOffset() throws IOException;

  int getTextLength() throws IOException;

  double getDoubleValue() throws IOException;

  long getLongValue() throws IOException;

  /** What the schema says that the current integer is, as Avro names it; empty for nothing. */
  default String logicalType() {
    return "";
  }

  /** Where the current token begins in the record. */
  long byteOffset();
}
