package io.freshet.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureValues;
import io.freshet.event.decode.FeaturesDecoder;
import io.freshet.feature.CategoricalField;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.feature.MultiField;
import io.freshet.feature.NumericField;
import io.freshet.feature.NumericField.Transform;
import io.freshet.feature.example.Example;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows and the JSON that a server is asked with are the same encoded examples, bit for bit. */
final class ColumnsPropertyTest {
  private static final int ROWS = 500;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String[] TEXTS = {"", "u17", "é€", "\ud83d\ude00 4", "a\u0000b", "0", "1.5"};

  /** A type of column, and what a value of it is in JSON and in Flink. */
  private enum Kind {
    TEXT(DataTypes.STRING()),
    BOOLEAN(DataTypes.BOOLEAN()),
    SMALL(DataTypes.SMALLINT()),
    WHOLE(DataTypes.BIGINT()),
    REAL(DataTypes.DOUBLE()),
    FLOAT(DataTypes.FLOAT()),
    CENTS(DataTypes.DECIMAL(12, 2)),
    LARGE(DataTypes.DECIMAL(20, 0)),
    TIME(DataTypes.TIMESTAMP(6)),
    DAY(DataTypes.DATE()),
    TEXTS_LIST(DataTypes.ARRAY(DataTypes.STRING())),
    FLOATS_LIST(DataTypes.ARRAY(DataTypes.FLOAT()));

    private final DataType type;

    Kind(DataType type) {
      this.type = type;
    }

    Object draw(Random random, ArrayNode json) {
      switch (this) {
        case TEXT -> {
          String text = TEXTS[random.nextInt(TEXTS.length)];
          json.add(text);
          return StringData.fromString(text);
        }
        case BOOLEAN -> {
          boolean value = random.nextBoolean();
          json.add(value);
          return value;
        }
        case SMALL -> {
          short value = (short) random.nextInt();
          json.add(value);
          return value;
        }
        case WHOLE -> {
          long value = random.nextLong() >> random.nextInt(64);
          json.add(value);
          return value;
        }
        case REAL -> {
          double value = random.nextInt(4) == 0 ? random.nextInt(9) : random.nextGaussian() * 1e3;
          json.add(value);
          return value;
        }
        case FLOAT -> {
          float value = random.nextInt(1000) / 10f;
          json.add(value);
          return value;
        }
        case CENTS -> {
          BigDecimal value = BigDecimal.valueOf(random.nextInt(100_000), 2);
          json.add(value);
          return DecimalData.fromBigDecimal(value, 12, 2);
        }
        case LARGE -> {
          BigDecimal value = new BigDecimal(new BigInteger(60, random));
          json.add(value);
          return DecimalData.fromBigDecimal(value, 20, 0);
        }
        case TIME -> {
          long millis = 1_700_000_000_000L + random.nextInt();
          json.add(millis);
          return TimestampData.fromEpochMillis(millis, random.nextInt(1_000_000));
        }
        case DAY -> {
          int day = random.nextInt(30_000);
          json.add(day);
          return day;
        }
        case TEXTS_LIST, FLOATS_LIST -> {
          Kind element = this == TEXTS_LIST ? TEXT : FLOAT;
          ArrayNode list = json.addArray();
          Object[] values = new Object[random.nextInt(4)];
          for (int i = 0; i < values.length; i++) {
            values[i] = element.drawOrNull(random, list);
          }
          return new GenericArrayData(values);
        }
      }
      throw new IllegalStateException(name());
    }

    Object drawOrNull(Random random, ArrayNode json) {
      if (random.nextInt(4) == 0) {
        json.addNull();
        return null;
      }
      return draw(random, json);
    }

    boolean isNumber() {
      return this != TEXT && this != TEXTS_LIST && this != FLOATS_LIST;
    }

    boolean isList() {
      return this == TEXTS_LIST || this == FLOATS_LIST;
    }
  }

  private record Feature(String name, Kind kind) {}

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void aRowIsTheExampleOfItsJson(long seed) throws Exception {
    Random random = new Random(seed);
    List<Feature> features = new ArrayList<>();
    List<Field> fields = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (boolean asNumber : kind.isNumber() ? new boolean[] {false, true} : new boolean[1]) {
        String name = kind + (asNumber ? " number" : "");
        features.add(new Feature(name, kind));
        fields.add(field(name, fields.size() + 1, kind, asNumber));
        columns.add(Column.physical(name, kind.type));
      }
    }
    ExampleEncoder encoder =
        new ExampleEncoder(new FeatureSchema(List.copyOf(fields), fields.get(0).name()));
    FeaturesDecoder decoder = new FeaturesDecoder(encoder.names(), EventSettings.MOST_VALUES);
    InputColumns.Reader reader = InputColumns.of(ResolvedSchema.of(columns)).reader();
    for (int i = 0; i < ROWS; i++) {
      ObjectNode json = JSON.objectNode();
      GenericRowData row = new GenericRowData(features.size());
      for (int f = 0; f < features.size(); f++) {
        ArrayNode one = JSON.arrayNode();
        row.setField(f, features.get(f).kind.drawOrNull(random, one));
        json.set(features.get(f).name, one.get(0));
      }

      Example ofRow = encoded(encoder, reader.read(row, encoder.names()));
      Example ofJson = encoded(encoder, decoded(decoder, json));

      assertThat(ofRow.fids()).as("seed %s, row %s: %s", seed, i, json).isEqualTo(ofJson.fids());
      assertThat(ofRow.values()).as("seed %s: %s", seed, json).isEqualTo(ofJson.values());
    }
  }

  private static Field field(String name, int number, Kind kind, boolean asNumber) {
    return kind.isList()
        ? new MultiField(name, number)
        : asNumber
            ? new NumericField(name, number, new Transform.Log())
            : new CategoricalField(name, number);
  }

  private static FeatureValues decoded(FeaturesDecoder decoder, ObjectNode json) throws Exception {
    try (JsonParser parser = new ObjectMapper().createParser(json.toString())) {
      parser.nextToken();
      return decoder.read(parser);
    }
  }

  private static Example encoded(ExampleEncoder encoder, FeatureValues values) {
    return ((DecodeResult.Good<Example>) encoder.encode(values)).value();
  }
}
