package io.freshet.snapshot.write;

import static java.util.Objects.requireNonNull;

import io.freshet.model.dense.DenseBlock;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.snapshot.publish.SnapshotPublisher;
import java.util.Map;

/**
 * What the {@link SnapshotPublisher} receives before a barrier; all that arrives before the barrier
 * of checkpoint M belongs to M.
 */
public sealed interface PublisherInput {
  /**
   * A staged file of embedding rows, complete and durable.
   *
   * @param path below the root
   * @param size bytes
   * @param sha256 of the bytes, in hexadecimal
   * @param rows rows in it, each fid once
   * @param updates sum of the rows' updates
   * @param nonFinite rows that hold a value which is no finite number
   */
  record Part(String path, long size, String sha256, long rows, long updates, long nonFinite)
      implements PublisherInput {
    public Part {
      requireNonNull(path, "path");
      requireNonNull(sha256, "sha256");
    }

    /** The same file at another place. */
    public Part at(String other) {
      return new Part(other, size, sha256, rows, updates, nonFinite);
    }
  }

  /** A staged file of histories, which count as its rows, and their actions as updates. */
  record Histories(Part file) implements PublisherInput {
    public Histories {
      requireNonNull(file, "file");
    }
  }

  /** Some of the dense part's values; those that never came keep a snapshot from publication. */
  record Dense(DenseBlock block) implements PublisherInput {
    public Dense {
      requireNonNull(block, "block");
    }
  }

  /** The gauge; until it came, nothing is published. */
  record Gauge(PublishedGauge published) implements PublisherInput {
    public Gauge {
      requireNonNull(published, "published");
    }
  }

  /** Figures for the manifest; a name's latest value counts. */
  record Metrics(Map<String, Double> values) implements PublisherInput {
    public Metrics {
      values = Map.copyOf(values);
    }
  }

  /** Figures for the manifest, each by how much it grew since it was last announced. */
  record Added(Map<String, Double> values) implements PublisherInput {
    public Added {
      values = Map.copyOf(values);
    }
  }

  /**
   * How well the examples of one window of event time were predicted, for the gate.
   *
   * @param to end of the window, epoch milliseconds
   * @param weight sum of the examples' weights
   * @param positives sum of weight × label
   * @param logloss mean over the examples
   * @param calibration mean prediction divided by mean label; NaN without positives
   */
  record Window(
      long to, long examples, double weight, double positives, double logloss, double calibration)
      implements PublisherInput {}

  /** The same of one of several tasks that is not the first. */
  record TaskWindow(String task, Window window) implements PublisherInput {
    public TaskWindow {
      requireNonNull(task, "task");
      requireNonNull(window, "window");
    }
  }

  /** What was learned up to this barrier is not to be published yet, for the reason given. */
  record Withheld(String reason) implements PublisherInput {
    public Withheld {
      requireNonNull(reason, "reason");
    }
  }

  /**
   * All rows of a shard are among the parts before this barrier and those since, as was asked.
   *
   * @param lineage whose first version needs them
   * @param shard index of the shard
   * @param shards of the job
   */
  record SentTable(String lineage, int shard, int shards) implements PublisherInput {
    public SentTable {
      requireNonNull(lineage, "lineage");
    }
  }

  /** The same of the histories of all users of a subtask. */
  record SentHistories(String lineage, int subtask, int subtasks) implements PublisherInput {
    public SentHistories {
      requireNonNull(lineage, "lineage");
    }
  }

  /** The offset of a Kafka partition from which a reader of the stream would go on. */
  record Offset(String topic, int partition, long next) implements PublisherInput {
    public Offset {
      requireNonNull(topic, "topic");
    }
  }
}
