package io.freshet.event.json;

import static io.freshet.event.Rejection.Kind.NOT_JSON;
import static io.freshet.event.Rejection.Kind.TOO_LARGE;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.freshet.event.ByteOrderMark;
import io.freshet.event.DecodeResult;
import io.freshet.event.RejectedException;
import io.freshet.event.Rejection;
import io.freshet.event.frame.Frame;
import io.freshet.event.frame.RecordHeaders;
import io.freshet.event.parse.FieldErrors;
import io.freshet.event.parse.RecordParser;
import io.freshet.event.parse.Tokens;
import java.io.IOException;
import java.util.Arrays;

/**
 * Opens a record's bytes as one JSON object and makes a rejection of whatever goes wrong in it.
 *
 * <p>UTF-8 only, with or without a byte order mark, and a {@link Frame} before it, nothing after
 * the object, nesting at most {@value #MAX_DEPTH} deep.
 */
public final class JsonRecords implements RecordParser {
  private static final int MAX_DEPTH = 64;

  private final JsonFactory json;
  private final int maxBytes;

  public JsonRecords(int maxBytes) {
    this.maxBytes = maxBytes;
    StreamReadConstraints limits =
        StreamReadConstraints.builder()
            .maxNestingDepth(MAX_DEPTH)
            .maxStringLength(maxBytes)
            .build();
    json =
        JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .streamReadConstraints(limits)
            .build();
  }

  @Override
  public <T> DecodeResult<T> parse(byte[] value, RecordHeaders headers, Body<T> body) {
    try {
      return parseOrThrow(value, body);
    } catch (RejectedException e) {
      return new DecodeResult.Rejected<>(e.rejection());
    } catch (StreamConstraintsException e) {
      return rejected(TOO_LARGE, describe(e));
    } catch (JsonProcessingException e) {
      return rejected(NOT_JSON, describe(e));
    } catch (IOException | RuntimeException e) {
      // Unforeseen bytes must not stop the job.
      return rejected(NOT_JSON, "the JSON parser failed: " + e);
    }
  }

  private <T> DecodeResult<T> parseOrThrow(byte[] value, Body<T> body)
      throws IOException, RejectedException {
    RecordParser.checkSize(value, maxBytes, "a JSON object");
    int frame = Frame.at(value).length(); // of no text, as that begins with a letter
    byte[] text = frame == 0 ? value : Arrays.copyOfRange(value, frame, value.length);
    int begin = ByteOrderMark.lengthIn(text);
    try (JsonParser parser = json.createParser(text, begin, text.length - begin)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new RejectedException(NOT_JSON, "the record is not a JSON object");
      }
      Tokens tokens = new JsonTokens(parser);
      DecodeResult<T> outcome = body.read(tokens);
      if (tokens.nextToken() != null) {
        throw new RejectedException(
            NOT_JSON, "something follows the JSON object" + FieldErrors.byteOf(tokens));
      }
      return outcome;
    }
  }

  private static String describe(JsonProcessingException e) {
    String place =
        e.getLocation() == null ? "" : " (byte %s)".formatted(e.getLocation().getByteOffset());
    return "not readable as JSON: " + e.getOriginalMessage() + place;
  }

  private static <T> DecodeResult<T> rejected(Rejection.Kind kind, String reason) {
    return new DecodeResult.Rejected<>(new Rejection(kind, reason));
  }
}
