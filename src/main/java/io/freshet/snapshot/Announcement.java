package io.freshet.snapshot;

import static java.util.Objects.requireNonNull;

import io.freshet.model.DenseBlock;
import io.freshet.wire.WireType;
import java.util.Map;

/**
 * What the {@link SnapshotPublisher} is told ahead of a barrier; all that arrives before the
 * barrier of checkpoint M belongs to M.
 */
public sealed interface Announcement {
  WireType<Announcement> TYPE = WireType.of(Announcement.class, AnnouncementCodec.class);

  /**
   * A staged file of embedding rows, complete and durable.
   *
   * @param path below the root
   * @param size bytes
   * @param sha256 of the bytes, in hexadecimal
   * @param rows rows in it, each fid once
   * @param updates sum of the rows' updates
   */
  record Part(String path, long size, String sha256, long rows, long updates)
      implements Announcement {
    public Part {
      requireNonNull(path, "path");
      requireNonNull(sha256, "sha256");
    }
  }

  /** Some of the deep part's values; those that never came keep a snapshot from publication. */
  record Dense(DenseBlock block) implements Announcement {
    public Dense {
      requireNonNull(block, "block");
    }
  }

  /** Figures for the manifest; a name's latest value counts. */
  record Metrics(Map<String, Double> values) implements Announcement {
    public Metrics {
      values = Map.copyOf(values);
    }
  }

  /** The offset of a Kafka partition from which a reader of the stream would go on. */
  record Offset(String topic, int partition, long next) implements Announcement {
    public Offset {
      requireNonNull(topic, "topic");
    }
  }
}
