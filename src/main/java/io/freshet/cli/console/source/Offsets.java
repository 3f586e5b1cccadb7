package io.freshet.cli.console.source;

import io.freshet.snapshot.format.Manifest;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Kafka offsets of a manifest, by topic partition. */
public final class Offsets {
  private Offsets() {}

  /**
   * The next offset of each partition. A key ends with the partition's number; a topic's name may
   * hold hyphens.
   */
  public static Map<TopicPartition, Long> of(Manifest manifest) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    manifest
        .offsets()
        .forEach(
            (key, next) -> {
              int hyphen = key.lastIndexOf('-');
              int partition = Integer.parseInt(key.substring(hyphen + 1));
              offsets.put(new TopicPartition(key.substring(0, hyphen), partition), next);
            });
    return offsets;
  }
}
