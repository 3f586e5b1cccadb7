package io.freshet.job.pipeline;

import io.freshet.config.KafkaSettings.Topics;

/**
 * The names under which operators find their state in a savepoint: never changed, never reused for
 * something else. The training loop has its own: {@link io.freshet.train.loop.TrainingLoop}.
 */
final class Uids {
  static final String IMPRESSION_SOURCE = "impression-source";
  static final String RECORDING = "recording";
  static final String CLICK_SOURCE = "click-source";
  static final String IMPRESSIONS = "impressions";
  static final String CLICKS = "clicks";
  static final String LABEL_JOIN = "label-join";
  static final String EVENT_ORDER = "event-order";
  static final String HISTORIES = "histories";
  static final String HISTORY_WRITER = "history-writer";
  static final String PROGRESSIVE_VALIDATION = "progressive-validation";
  static final String IMPRESSION_SCORES = "impression-scores";
  static final String IMPRESSION_VALIDATION = "impression-validation";
  static final String SNAPSHOT_WRITER = "snapshot-writer";
  static final String SNAPSHOT_PUBLISHER = "snapshot-publisher";
  static final String DEAD_LETTERS = "dead-letters";
  static final String SKIPPED = "skipped-examples";
  static final String LATE_CLICKS = "late-clicks";
  static final String METRICS = "metrics";
  static final String EXAMPLE_NUMBERS = "example-numbers";
  static final String EXAMPLES = "examples";
  static final String LIVE_EXAMPLES = "live-examples";
  static final String PREDICTIONS = "predictions";
  static final String EXAMPLE_SOURCE = "example-source";

  private Uids() {}

  /** Of what reads a topic of actions: that of the clicks keeps the name it always had. */
  static String ofTopic(String uid, String topic, Topics topics) {
    return topic.equals(topics.clicks()) ? uid : uid + "-" + topic;
  }
}
