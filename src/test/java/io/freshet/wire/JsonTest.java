package io.freshet.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonTest {
  private static final String WRITTEN =
      "{\"long_name\":\"x\",\"kind\":\"half-full\",\"at\":\"1970-01-01T00:00:00Z\","
          + "\"parts\":[{\"size\":1}],\"figures\":{\"a\":0.5}}";

  private enum Kind {
    FULL,
    HALF_FULL
  }

  private record Part(int size) {}

  private record Whole(
      String longName,
      Kind kind,
      Instant at,
      List<Part> parts,
      Map<String, Double> figures,
      Optional<String> note,
      @JsonInclude(Include.NON_EMPTY) List<Long> extra,
      @JsonInclude(Include.NON_DEFAULT) int layers) {}

  @Test
  void usageExample() throws IOException {
    Whole whole =
        new Whole(
            "x",
            Kind.HALF_FULL,
            Instant.EPOCH,
            List.of(new Part(1)),
            Map.of("a", 0.5),
            Optional.empty(),
            List.of(),
            0);

    assertThat(new String(Json.line(whole), UTF_8)).isEqualTo(WRITTEN);
    assertThat(Json.read(Json.line(whole), Whole.class)).isEqualTo(whole);
    assertThat(Json.read(Json.tree(whole), Whole.class)).isEqualTo(whole);
  }

  @Test
  void aFigureThatIsNotFiniteIsNull() {
    assertThat(new String(Json.line(new double[] {1}), UTF_8)).isEqualTo("[1.0]");
    assertThat(new String(Json.line(Map.of("a", Double.NaN)), UTF_8)).isEqualTo("{\"a\":null}");
  }

  @Test
  void unknownKeysAreIgnored() throws IOException {
    String more = WRITTEN.replaceFirst("[{]", "{\"more\":[1],");

    assertThat(Json.read(more.getBytes(UTF_8), Whole.class).longName()).isEqualTo("x");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"long_name\":\"x\", |  | \"long_name\" is missing",
        "\"x\" | 17 | \"long_name\" is 17, not a string",
        "\"x\" | null | \"long_name\" is null, not a string",
        "half-full | empty | \"kind\" is \"empty\", not full or half-full",
        "\"half-full\" | 0 | \"kind\" is 0, not full or half-full",
        "1970 | never | \"at\": Text 'never-01-01T00:00:00Z' could not be parsed at index 0",
        "{\"size\":1} | {} | \"parts[0].size\" is missing",
        "{\"size\":1} | null | \"parts[0]\" is null, not an object",
        "[{\"size\":1}] | {} | \"parts\" is {}, not an array",
        "\"size\":1 | \"size\":1.5 | \"parts[0].size\" is 1.5, not a whole number",
        "0.5 | \"0.5\" | \"figures.a\" is \"0.5\", not a number",
        "0.5}} | 0.5 | Unexpected end-of-input"
      })
  void whatIsWrongIsNamedWithItsKey(String part, String instead, String problem) {
    byte[] json = WRITTEN.replace(part, instead == null ? "" : instead).getBytes(UTF_8);

    assertThatIOException()
        .isThrownBy(() -> Json.read(json, Whole.class))
        .withMessageContaining(problem);
  }
}
