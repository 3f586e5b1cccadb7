package io.freshet.cli.console.source;

import io.freshet.snapshot.format.Manifest;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** The Kafka offsets of a manifest, by the partitions that their keys name. */
public final class Offsets {
  private Offsets() {}

  /** The next offset of each partition; a topic's name may hold hyphens, its number does not. */
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
