package io.freshet.event.decode;

import static io.freshet.event.Decoded.isSaneAndGood;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import io.freshet.event.protobuf.ProtoFiles;
import io.freshet.event.protobuf.ProtobufRecords;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Damaged and random bytes: whatever comes, the decoder returns, soon, and is as good as new for
 * the next record.
 */
@Timeout(60)
final class ProtobufFuzzTest {
  private static final long T = 1_767_225_600_000L;
  private static final int RECORDS = 20_000;

  private final Descriptor type =
      ProtoFiles.file(
              """
              syntax = "proto3";
              import "google/protobuf/timestamp.proto"; import "google/protobuf/wrappers.proto";
              message Impression {
                string impression_id = 1;
                google.protobuf.Timestamp timestamp = 2;
                message Features {
                  string user = 1; double price = 2; repeated string genres = 3;
                  repeated int32 sizes = 4; map<string, float> odds = 5; Features like = 6;
                  google.protobuf.Int64Value age = 7;
                }
                Features features = 3;
                google.protobuf.FloatValue weight = 4;
              }
              """)
          .findMessageTypeByName("Impression");
  private final ImpressionDecoder decoder =
      new ImpressionDecoder(
          EventSettings.DEFAULT,
          new FeatureNames(List.of("user", "price", "genres", "sizes", "age")),
          new ProtobufRecords(EventSettings.DEFAULT.maxBytes(), type));
  private byte[] good;

  @BeforeEach
  void write() throws Exception {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    TextFormat.merge(
        """
        impression_id: "i-17" timestamp {seconds: 1767225600} weight {value: 0.5}
        features {user: "ué€😀" price: -12.5 genres: ["drama", "war"] sizes: [1, 2, 300]
          odds {key: "a" value: 0.5} like {user: "x" like {}} age {value: 3}}
        """,
        message);
    good = message.build().toByteArray();
  }

  @RepeatedTest(4)
  void damagedRecordsAreGoodOrRejectedAndNeverThrow(RepetitionInfo repetition) {
    long seed = 20261101L + repetition.getCurrentRepetition();
    Random random = new Random(seed);
    int read = 0;
    for (int i = 0; i < RECORDS; i++) {
      byte[] record = damaged(random);
      try {
        read += isSaneAndGood(decoder.decode(record, T)) ? 1 : 0;
      } catch (Throwable e) {
        fail("seed %s, record %s: %s".formatted(seed, i, HexFormat.of().formatHex(record)), e);
      }
    }

    assertThat(read).as("seed %d", seed).isBetween(RECORDS / 100, RECORDS * 9 / 10);
    assertThat(isSaneAndGood(decoder.decode(good, T))).isTrue();
  }

  @RepeatedTest(2)
  void randomBytesAreRejected(RepetitionInfo repetition) {
    long seed = 20261201L + repetition.getCurrentRepetition();
    Random random = new Random(seed);
    for (int i = 0; i < RECORDS; i++) {
      byte[] record = new byte[1 + random.nextInt(200)];
      random.nextBytes(record);

      assertThat(isSaneAndGood(decoder.decode(record, T))).as("seed %d", seed).isFalse();
    }
  }

  /** Two bytes each, of many fields without presence: their defaults must not cost more. */
  @Test
  void emptyMessagesWithoutNumberAreNoWork() {
    byte[] record = new byte[EventSettings.DEFAULT.maxBytes()];
    for (int i = 0; i + 1 < record.length; i += 2) {
      record[i] = 0x1a; // features
    }
    long start = System.nanoTime();

    assertThat(isSaneAndGood(decoder.decode(record, T))).isFalse();

    assertThat(System.nanoTime() - start).isLessThan(2_000_000_000L);
  }

  private byte[] damaged(Random random) {
    byte[] record = good.clone();
    for (int n = 0; n <= random.nextInt(3); n++) {
      int at = random.nextInt(record.length);
      switch (random.nextInt(4)) {
        case 0 -> record[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> record[at] = (byte) random.nextInt();
        case 2 -> record[at] = (byte) 0xFF;
        default -> record = Arrays.copyOf(record, Math.max(1, random.nextInt(record.length + 4)));
      }
    }
    return record;
  }
}
