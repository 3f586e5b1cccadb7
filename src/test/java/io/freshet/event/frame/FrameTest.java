package io.freshet.event.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.freshet.event.RejectedException;
import io.freshet.event.Rejection.Kind;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FrameTest {
  /** As Confluent's own tests write it. */
  private static final String GUID = "0189791762233641869674299b90a802e2";

  private static final UUID UUID_OF_IT = UUID.fromString("89791762-2336-4186-9674-299b90a802e2");

  @Test
  void usageExample() throws RejectedException {
    Frame frame = Frame.of(bytes("00000000077b7d"), RecordHeaders.NONE);

    assertThat(frame.id()).isEqualTo(SchemaId.of(7));
    assertThat(frame.length()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource({
    "00000000077b7d, 7, 5",
    "00ffffffff7b7d, 4294967295, 5",
    "0000000000000000077b7d, global-7, 9",
    "0000000001000000077b7d, 1, 5",
    "0000000000, 0, 5",
    "7b7d, null, 0",
    "00000000, null, 0",
    "02000000077b7d, null, 0",
  })
  void theFirstBytesNameTheSchema(String value, String id, int length) throws RejectedException {
    Frame frame = Frame.of(bytes(value), RecordHeaders.NONE);

    assertThat(String.valueOf(frame.id())).isEqualTo(id);
    assertThat(frame.length()).isEqualTo(length);
  }

  @Test
  void aGuidNamesItToo() throws RejectedException {
    Frame before = Frame.of(bytes(GUID + "7b7d"), RecordHeaders.NONE);
    Frame inHeader = Frame.of(bytes("7b7d"), headers("__value_schema_id", GUID + "00"));

    assertThat(before.id()).isEqualTo(SchemaId.ofGuid(UUID_OF_IT));
    assertThat(before.length()).isEqualTo(17);
    assertThat(inHeader.id()).isEqualTo(before.id());
    assertThat(inHeader.length()).isZero();
    assertThat(inHeader.rest()).containsExactly(0);
  }

  @ParameterizedTest
  @CsvSource({
    "__value_schema_id, 0000000007, 7",
    "apicurio.value.globalId, 0000000000000007, global-7",
    "apicurio.value.globalId, 00000007, global-7",
    "apicurio.value.contentId, 0000000000000007, 7",
    "__key_schema_id, 0000000007, 9",
    "apicurio.key.globalId, 0000000000000007, 9",
  })
  void aHeaderOfTheValueCountsBeforeTheFirstBytes(String name, String header, String id)
      throws RejectedException {
    Frame frame = Frame.of(bytes("0000000009"), headers(name, header));

    assertThat(frame.id()).hasToString(id);
    assertThat(frame.length()).isEqualTo(id.equals("9") ? 5 : 0);
  }

  @ParameterizedTest
  @CsvSource({
    "__value_schema_id, 0700000007",
    "__value_schema_id, 0189",
    "apicurio.value.globalId, 07",
    "apicurio.value.contentId, ''",
  })
  void anUnreadableHeaderIsTheRecordsFault(String name, String header) {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(() -> Frame.of(bytes("7b7d"), headers(name, header)))
        .withMessageContaining("the header " + name)
        .satisfies(e -> assertThat(e.rejection().kind()).isEqualTo(Kind.UNKNOWN_SCHEMA));
  }

  private static RecordHeaders headers(String name, String value) {
    return Map.of(name, bytes(value))::get;
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
