package io.freshet.job.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ExampleJsonTest {
  private final Random random = new Random(1);

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatIsWrittenIsReadToTheLastBit(Kind kind) throws IOException {
    for (int i = 0; i < 100; i++) {
      NumberedExample numbered = new NumberedExample(i, random(kind));

      NumberedExample read = ExampleJson.parse(ExampleJson.of(numbered));

      assertThat(read).usingRecursiveComparison().isEqualTo(numbered);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatIsWrittenIsAsTheSchemaSays(Kind kind) throws IOException {
    JsonSchema schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(Files.readString(Path.of("schemas/example.schema.json")));

    JsonNode json =
        new ObjectMapper().readTree(ExampleJson.of(new NumberedExample(7, random(kind))));

    assertThat(schema.validate(json)).isEmpty();
  }

  @Test
  void whatIsNoExampleIsRefusedWithWhatIsWrong() {
    assertThatThrownBy(() -> ExampleJson.parse("{\"impression_id\": \"a\"}".getBytes(UTF_8)))
        .isInstanceOf(IOException.class)
        .hasMessage("not an example: \"number\" is missing: {\"impression_id\": \"a\"}");
    assertThatThrownBy(() -> ExampleJson.parse("number 7".getBytes(UTF_8)))
        .isInstanceOf(IOException.class);
  }

  private LabeledExample random(Kind kind) {
    long[] fids = random.longs(random.nextInt(5)).toArray();
    float[] values = new float[fids.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt());
    }
    float label = kind == Kind.DECIDED || kind == Kind.REINGESTED ? random.nextInt(2) : 0;
    return new LabeledExample(
        "i" + random.nextInt(),
        random.nextLong(1L << 42),
        label,
        random.nextFloat(),
        new Example(random.nextLong(), fids, values),
        kind,
        random.nextFloat(),
        random.nextBoolean());
  }
}
