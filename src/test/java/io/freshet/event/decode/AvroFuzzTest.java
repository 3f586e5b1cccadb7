package io.freshet.event.decode;

import static io.freshet.event.Decoded.good;
import static io.freshet.event.Decoded.isSaneAndGood;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Damaged and random bytes behind the id of a schema: whatever comes, the decoder returns, soon and
 * without much memory, and is as good as new for the next record.
 */
@Timeout(60)
final class AvroFuzzTest {
  private static final long T = 1_767_225_600_000L;
  private static final int RECORDS = 20_000;

  private final AvroValues avro = new AvroValues();
  private final ImpressionDecoder decoder =
      new ImpressionDecoder(
          EventSettings.DEFAULT,
          new FeatureNames(List.of("user", "price", "genres")),
          avro.records(EventSettings.DEFAULT));
  private byte[] good;

  @BeforeEach
  void write() throws Exception {
    Schema schema = avro.put(1, Files.readString(Path.of("schemas/impression.avsc")));
    GenericData.Record record = new GenericData.Record(schema);
    record.put("impression_id", "i-17");
    record.put("timestamp", T);
    record.put(
        "features",
        Map.of("user", "ué\ud83d\ude00€", "price", -12.5, "genres", List.of("drama", 7L, true)));
    record.put("weight", .5f);
    good = avro.write(1, record);
  }

  @RepeatedTest(4)
  void damagedRecordsAreGoodOrRejectedAndNeverThrow(RepetitionInfo repetition) {
    long seed = 20260401L + repetition.getCurrentRepetition();
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
  void randomBytesBehindTheHeadAreRejected(RepetitionInfo repetition) {
    long seed = 20260501L + repetition.getCurrentRepetition();
    Random random = new Random(seed);
    for (int i = 0; i < RECORDS; i++) {
      byte[] record = new byte[5 + random.nextInt(200)];
      random.nextBytes(record);
      System.arraycopy(good, 0, record, 0, 5);

      assertThat(isSaneAndGood(decoder.decode(record, T))).as("seed %d", seed).isFalse();
    }
  }

  @Test
  void lengthsBeyondTheRecordTakeNoMemory() {
    byte[] huge = Arrays.copyOf(good, 16);
    byte[] twoGigabytes = {(byte) 0xFE, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F};
    System.arraycopy(twoGigabytes, 0, huge, 5, 5);
    long before = allocated();

    for (int i = 0; i < 100; i++) {
      assertThat(isSaneAndGood(decoder.decode(huge, T))).isFalse();
    }

    assertThat(allocated() - before).isLessThan(50_000_000);
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean)
            java.lang.management.ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  private byte[] damaged(Random random) {
    byte[] record = good.clone();
    for (int n = 0; n <= random.nextInt(3); n++) {
      int at = 5 + random.nextInt(record.length - 5);
      switch (random.nextInt(4)) {
        case 0 -> record[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> record[at] = (byte) random.nextInt();
        case 2 -> record[at] = (byte) 0xFF;
        default -> record = Arrays.copyOf(record, Math.max(6, random.nextInt(record.length + 4)));
      }
    }
    return record;
  }
}
