package io.freshet.event.json;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.freshet.event.parse.Tokens;
import java.io.IOException;

/** The tokens of JSON itself. */
public record JsonTokens(JsonParser json) implements Tokens {
  public JsonTokens {
    requireNonNull(json, "json");
  }

  @Override
  public JsonToken nextToken() throws IOException {
    return json.nextToken();
  }

  @Override
  public String nextFieldName() throws IOException {
    return json.nextFieldName();
  }

  @Override
  public JsonToken currentToken() {
    return json.currentToken();
  }

  @Override
  public void skipChildren() throws IOException {
    json.skipChildren();
  }

  @Override
  public String getText() throws IOException {
    return json.getText();
  }

  @Override
  public char[] getTextCharacters() throws IOException {
    return json.getTextCharacters();
  }

  @Override
  public int getTextOffset() throws IOException {
    return json.getTextOffset();
  }

  @Override
  public int getTextLength() throws IOException {
    return json.getTextLength();
  }

  @Override
  public double getDoubleValue() throws IOException {
    return json.getDoubleValue();
  }

  @Override
  public long getLongValue() throws IOException {
    return json.getLongValue();
  }

  @Override
  public long byteOffset() {
    return json.currentTokenLocation().getByteOffset();
  }
}
