package io.freshet.event.decode;

import static io.freshet.event.Decoded.good;
import static io.freshet.event.Decoded.rejection;
import static io.freshet.event.Decoded.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import io.freshet.config.LearnerConfig;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.Impression;
import io.freshet.event.RejectedException;
import io.freshet.event.Rejection.Kind;
import io.freshet.event.frame.RecordHeaders;
import io.freshet.event.protobuf.ProtoFiles;
import io.freshet.event.protobuf.ProtobufRecords;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that protobuf-java wrote, or bytes that its format allows. */
final class ProtobufDecoderTest {
  private static final long T = 1_767_225_600_000L;
  private static final String PROTO =
      """
      syntax = "proto3"; package shop;
      import "google/protobuf/timestamp.proto";
      import "google/protobuf/wrappers.proto";
      message Impression {
        string impression_id = 1;
        google.protobuf.Timestamp shown_at = 2;
        Client client = 3;
        repeated Item items = 4;
        repeated sint32 scores = 5;
        map<string, Item> rooms = 6;
        optional double price = 7;
        float rate = 8;
        Device device = 9;
        oneof place { string city = 10; fixed64 cell = 11; }
        google.protobuf.StringValue campaign = 12;
        bytes raw = 13;
        bool logged_in = 14;
        map<int32, string> words = 300;
      }
      message Client { string id = 1; Client parent = 2; }
      message Item { optional int64 id = 1; message Tag { string name = 1; } repeated Tag tags = 2; }
      enum Device { UNKNOWN = 0; PHONE = 1; }
      """;
  private static final String CONFIG =
      """
      kafka: {bootstrap-servers: "localhost:9092"}
      events:
        format: protobuf
        protobuf: {descriptor: "file:///shop.desc", impression: Impression, click: Click}
        impressions: {timestamp: shown_at}
      features:
        - {name: user, kind: categorical, from: client.id}
        - {name: parent, kind: categorical, from: client.parent.parent.id}
        - {name: items, kind: multi, from: "items[].id"}
        - {name: tags, kind: multi, from: "items[].tags[].name"}
        - {name: scores, kind: multi}
        - {name: kitchen, kind: categorical, from: rooms.kitchen.id}
        - {name: seven, kind: categorical, from: words.7}
        - {name: price, kind: numeric}
        - {name: rate, kind: numeric}
        - {name: device, kind: categorical}
        - {name: city, kind: categorical}
        - {name: cell, kind: categorical}
        - {name: campaign, kind: categorical}
        - {name: logged_in, kind: categorical}
      """;

  private final LearnerConfig config = LearnerConfig.parse(CONFIG, "learner.yaml", List.of());
  private final FileDescriptor file = ProtoFiles.file(PROTO);
  private final Descriptor type = file.findMessageTypeByName("Impression");
  private final ImpressionDecoder decoder = decoder(type);

  @Test
  void usageExample() throws IOException {
    Impression impression =
        good(
            decode(
                """
                impression_id: "i1" shown_at {seconds: 1767225600 nanos: 999999}
                client {id: "u1" parent {id: "a" parent {id: "root"}}}
                items {id: 3 tags {name: "x"} tags {name: "é€😀"}} items {} items {id: -5}
                scores: [7, -8]
                rooms {key: "hall" value {id: 1}} rooms {key: "kitchen" value {id: 2}}
                price: 12.5 rate: 0.1 device: PHONE city: "Bonn"
                campaign {value: "c"} logged_in: true raw: "ignored"
                words {key: 6 value: "six"} words {key: 7 value: "seven"}
                """));

    assertThat(impression.id()).isEqualTo("i1");
    assertThat(impression.timestamp()).isEqualTo(T);
    assertThat(texts(impression.features()))
        .containsExactly(
            "user false STRING u1 0.0",
            "parent false STRING root 0.0",
            "items true INTEGER 3 3.0",
            "items true INTEGER -5 -5.0",
            "tags true STRING x 0.0",
            "tags true STRING é€😀 0.0",
            "scores true INTEGER 7 7.0",
            "scores true INTEGER -8 -8.0",
            "kitchen false INTEGER 2 2.0",
            "seven false STRING seven 0.0",
            "price false DOUBLE  12.5",
            "rate false DOUBLE  0.1",
            "device false STRING PHONE 0.0",
            "city false STRING Bonn 0.0",
            "campaign false STRING c 0.0",
            "logged_in false BOOLEAN true 1.0");
  }

  @Test
  void aFieldWithoutPresenceHasItsDefaultAndOthersAreAbsent() throws IOException {
    Impression impression =
        good(
            decode(
                """
                impression_id: "i1" shown_at {seconds: 1767225600} client {} items {}
                campaign {} rooms {key: "kitchen"}
                """));

    assertThat(texts(impression.features()))
        .containsExactly(
            "user false STRING  0.0",
            "rate false DOUBLE  0.0",
            "device false STRING UNKNOWN 0.0",
            "campaign false STRING  0.0",
            "logged_in false BOOLEAN false 0.0");
  }

  @Test
  void inProto2AFieldThatIsNotThereIsAbsent() throws IOException {
    Descriptor proto2 =
        ProtoFiles.file(
                """
                message Impression {
                  required string impression_id = 1;
                  optional uint64 shown_at = 2;
                  optional group Client = 3 { optional string id = 1; }
                  repeated float scores = 5;
                  optional double rate = 8;
                }
                """)
            .findMessageTypeByName("Impression");
    DynamicMessage.Builder message = DynamicMessage.newBuilder(proto2);
    TextFormat.merge(
        "impression_id: 'i' shown_at: 1767225600000 Client {id: 'u'} scores: [1.5, 0.1]", message);

    Impression impression = good(decoder(proto2).decode(message.build().toByteArray(), T));

    assertThat(texts(impression.features()))
        .containsExactly(
            "user false STRING u 0.0", "scores true DOUBLE  1.5", "scores true DOUBLE  0.1");
  }

  /** Parsers have to take all of these, whatever writers do. */
  @Test
  void fieldsMayComeInAnyOrderAndListsInPieces() throws IOException {
    byte[] early = message("scores: [1, 2] price: 1 rate: 5 items {id: 1} city: 'first'");
    byte[] late =
        message(
            """
            scores: 3 price: 2 items {id: 2} impression_id: "i1" shown_at {seconds: 1767225600}
            city: 'second'
            """);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(early);
    bytes.write(HexFormat.of().parseHex("2808" + "d00f07")); // scores: 4 unpacked; unknown
    bytes.write(late);

    Impression impression = good(decoder.decode(bytes.toByteArray(), T));

    assertThat(texts(impression.features()))
        .contains(
            "items true INTEGER 1 1.0",
            "items true INTEGER 2 2.0",
            "price false DOUBLE  2.0",
            "rate false DOUBLE  5.0",
            "city false STRING second 0.0")
        .containsSubsequence(
            "scores true INTEGER 1 1.0",
            "scores true INTEGER 2 2.0",
            "scores true INTEGER 4 4.0",
            "scores true INTEGER 3 3.0");
  }

  @Test
  void numbersBeyondALongKeepTheirDigits() throws IOException {
    Impression impression =
        good(
            decode("impression_id: 'i' shown_at {seconds: 1767225600} cell: 18446744073709551615"));

    assertThat(texts(impression.features()))
        .contains("cell false INTEGER 18446744073709551615 1.8446744073709552E19");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "impression_id: 'i' | MISSING_KEY | shown_at is missing",
        "shown_at {seconds: 1767225600} | BAD_VALUE | impression_id has 0 characters",
        "impression_id: 'i' shown_at {} | BAD_TIMESTAMP | 1970",
        "impression_id: 'i' shown_at {seconds: 1767225600} price: nan | BAD_VALUE | price is no"
            + " number",
      })
  void whatIsWrongHasTheNameItHasInJson(String text, Kind kind, String words) throws IOException {
    assertThat(rejection(decode(text)).kind()).isEqualTo(kind);
    assertThat(rejection(decode(text)).reason()).contains(words, "[shop.Impression]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0a05",
        "0a",
        "7b7d",
        "0affffffff0f",
        "08",
        "ffffffffffffffffffff01",
        "0a0269ff",
        "1a00" + "1a00",
      })
  void whatIsNoSuchMessageIsRefused(String hex) {
    assertThat(rejection(decoder.decode(HexFormat.of().parseHex(hex), T)).kind())
        .isEqualTo(Kind.NOT_PROTOBUF);
  }

  @Test
  void emptyAndOverlongRecordsAreRefused() {
    EventSettings small = config.events().withLimits(10, 5, config.events().maxAhead());
    ImpressionDecoder strict =
        new ImpressionDecoder(
            small, config.features().rawNames(), new ProtobufRecords(small.maxBytes(), type));

    assertThat(rejection(strict.decode(null, T)).kind()).isEqualTo(Kind.EMPTY);
    assertThat(rejection(strict.decode(new byte[0], T)).kind()).isEqualTo(Kind.EMPTY);
    assertThat(rejection(strict.decode(new byte[11], T)).kind()).isEqualTo(Kind.TOO_LARGE);
  }

  @Test
  void valuesAndDepthAreLimited() throws IOException {
    String head = "impression_id: 'i' shown_at {seconds: 1767225600} ";
    String deep = "client {parent {parent {" + "parent {".repeat(90) + "}".repeat(93);

    assertThat(rejection(decode(head + "scores: 1 ".repeat(1_001))).kind())
        .isEqualTo(Kind.TOO_MANY_VALUES);
    assertThat(good(decode(head + deep)).id()).as("what is deep is skipped").isEqualTo("i");
  }

  @Test
  void aRegistrysPrefixOrHeaderNamesTheMessage() throws IOException {
    FileDescriptor several =
        ProtoFiles.file(PROTO + "message Outer { message Other { string impression_id = 1; } }");
    ImpressionDecoder named =
        new ImpressionDecoder(
            config.events(),
            config.features().rawNames(),
            new ProtobufRecords(
                100_000,
                id -> {
                  if (id.low() != 7) {
                    throw new RejectedException(Kind.UNKNOWN_SCHEMA, "there is no schema " + id);
                  }
                  return several;
                }));
    byte[] message = message("impression_id: 'i' shown_at {seconds: 1767225600}");
    byte[] ref = concat(HexFormat.of().parseHex("0c0a0a"), "Impression".getBytes(UTF_8));
    byte[] global = ByteBuffer.allocate(8).putLong(7).array();
    Map<String, byte[]> apicurio =
        Map.of(
            "apicurio.value.globalId",
            global,
            "apicurio.protobuf.type",
            "Impression".getBytes(UTF_8));
    Map<String, byte[]> confluent =
        Map.of("__value_schema_id", HexFormat.of().parseHex("00000000070200"));
    byte[] prefix = HexFormat.of().parseHex("0000000007");
    byte[] wide = HexFormat.of().parseHex("000000000000000007");

    for (DecodeResult<Impression> result :
        List.of(
            named.decode(concat(prefix, concat(new byte[1], message)), T),
            named.decode(concat(prefix, concat(new byte[] {2, 0}, message)), T),
            named.decode(concat(prefix, concat(ref, message)), T),
            named.decode(concat(wide, concat(ref, message)), T),
            named.decode(message, apicurio::get, T),
            named.decode(concat(ref, message), apicurio::get, T),
            named.decode(message, confluent::get, T))) {
      assertThat(good(result).id()).isEqualTo("i");
    }
    assertThat(rejection(named.decode(message, T)).reason()).contains("expected the schema's id");
    assertThat(
            rejection(named.decode(concat(prefix, concat(new byte[] {2, 18}, message)), T)).kind())
        .isEqualTo(Kind.UNKNOWN_SCHEMA);
    assertThat(
            rejection(named.decode(concat(prefix, concat(new byte[] {4, 6, 0}, message)), T))
                .reason())
        .contains("shown_at is missing", "[schema 7 shop.Outer.Other]");
  }

  @Test
  void whereTheMessageIsGivenAPrefixIsSkipped() throws IOException {
    byte[] message = message("impression_id: 'i' shown_at {seconds: 1767225600}");

    assertThat(good(decoder.decode(concat(new byte[] {0, 0, 0, 0, 7, 0}, message), T)).id())
        .isEqualTo("i");
    assertThat(good(decoder.decode(message, RecordHeaders.NONE, T)).id()).isEqualTo("i");
  }

  /** What a writer of a later schema sends is read as far as it is known. */
  @Test
  void fieldsOfAnotherTypeAreUnknown() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeInt32(7, 5); // price, a double
    out.writeBytes(8, ByteString.copyFromUtf8("rate"));
    out.writeEnum(9, 17); // of no name
    out.flush();
    bytes.write(message("impression_id: 'i' shown_at {seconds: 1767225600}"));

    assertThat(texts(good(decoder.decode(bytes.toByteArray(), T)).features()))
        .contains("rate false DOUBLE  0.0", "device false INTEGER 17 17.0")
        .noneMatch(text -> text.startsWith("price"));
  }

  private DecodeResult<Impression> decode(String text) throws IOException {
    return decoder.decode(message(text), T);
  }

  private byte[] message(String text) throws IOException {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    TextFormat.merge(text, message);
    return message.build().toByteArray();
  }

  private ImpressionDecoder decoder(Descriptor message) {
    return new ImpressionDecoder(
        config.events(),
        config.features().rawNames(),
        new ProtobufRecords(config.events().maxBytes(), message));
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
