package io.freshet.serve.http.json;

import static io.freshet.serve.request.HttpError.bad;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.freshet.serve.request.HttpError;
import java.io.IOException;
import java.io.InputStream;

/** Reads the one JSON object that is a request's body. */
public final class RequestJson {
  private static final int MAX_DEPTH = 64;
  private static final int MAX_TEXT = 1 << 20;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_TEXT)
                  .build())
          .build();

  private RequestJson() {}

  /** What is done with the value of a key; the parser is at its first token. */
  public interface Member {
    void read(String key, JsonParser json) throws IOException, HttpError;
  }

  /**
   * Reads a body, key by key.
   *
   * @param expected the body's form, for messages
   */
  public static void read(InputStream body, String expected, Member member) throws HttpError {
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw bad("the body is not a JSON object; expected " + expected);
      }
      for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
        json.nextToken();
        member.read(key, json);
      }
      if (json.nextToken() != null) {
        throw bad("something follows the JSON object");
      }
    } catch (JsonProcessingException e) {
      throw bad(
          "the body is not readable as JSON: %s (byte %s)"
              .formatted(
                  e.getOriginalMessage(),
                  e.getLocation() == null ? -1 : e.getLocation().getByteOffset()));
    } catch (IOException e) {
      throw bad("the body is not readable: " + e.getMessage());
    }
  }

  /** The current string, number, boolean or null. */
  public static Object scalar(String place, JsonParser json) throws IOException, HttpError {
    return switch (json.currentToken()) {
      case VALUE_STRING -> json.getText();
      case VALUE_NUMBER_INT -> json.getNumberValue();
      case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw bad(place + " is no string, number, boolean or null");
    };
  }

  public static String string(String place, JsonParser json) throws IOException, HttpError {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw bad(place + " is no string");
    }
    return json.getText();
  }

  /** Goes on to the next element of a list; false at its end. */
  public static boolean isNext(String place, int index, JsonParser json)
      throws IOException, HttpError {
    if (index == 0 && json.currentToken() != JsonToken.START_ARRAY) {
      throw bad(place + " is no list");
    }
    return json.nextToken() != JsonToken.END_ARRAY;
  }
}
