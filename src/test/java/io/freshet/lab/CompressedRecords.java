package io.freshet.lab;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.SimpleRecord;

/** Writes and reads a batch by each of Kafka's codecs, and prints those that give it back. */
final class CompressedRecords {
  private CompressedRecords() {}

  public static void main(String[] args) {
    byte[] value = "an impression".getBytes(StandardCharsets.UTF_8);
    for (CompressionType codec : CompressionType.values()) {
      if (codec == CompressionType.NONE) {
        continue;
      }
      MemoryRecords batch =
          MemoryRecords.withRecords(Compression.of(codec).build(), new SimpleRecord(value));
      batch
          .records()
          .forEach(
              read -> {
                if (read.hasValue() && read.valueSize() == value.length) {
                  System.out.println(codec.name);
                }
              });
    }
  }
}
