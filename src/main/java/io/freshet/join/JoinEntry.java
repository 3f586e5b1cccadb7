package io.freshet.join;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import java.util.Optional;
import java.util.OptionalLong;

/** What the join knows of one impression id, which is the key and so not part of the entry. */
public sealed interface JoinEntry {
  JoinEntry NOTHING = new Nothing();

  /** When the entry's impression was shown, if there is one. */
  static OptionalLong shown(JoinEntry entry) {
    if (entry instanceof Waiting waiting) {
      return OptionalLong.of(waiting.timestamp());
    }
    return entry instanceof Decided decided
        ? OptionalLong.of(decided.timestamp())
        : OptionalLong.empty();
  }

  /** Nothing is stored. */
  public record Nothing() implements JoinEntry {}

  /** Actions whose impression has not come; the earliest time of each. */
  public record EarlyClick(ActionTimes actions) implements JoinEntry {
    public EarlyClick {
      requireNonNull(actions, "actions");
    }
  }

  /**
   * An impression that is not yet decided.
   *
   * @param actions what happened so far, in time or not
   * @param emitted whether a fake negative was emitted, or would have been if it were not sampled
   *     out
   * @param scored whether its prediction waits to be held against the final label
   */
  public record Waiting(
      long timestamp,
      float weight,
      Example example,
      ActionTimes actions,
      boolean emitted,
      boolean scored)
      implements JoinEntry {

    public Waiting {
      requireNonNull(example, "example");
      requireNonNull(actions, "actions");
    }

    public static Waiting of(EncodedImpression impression, float weight, boolean scored) {
      return new Waiting(
          impression.timestamp(), weight, impression.example(), ActionTimes.NONE, false, scored);
    }

    public Waiting with(int action, long time) {
      return new Waiting(timestamp, weight, example, actions.with(action, time), emitted, scored);
    }

    public Waiting asEmitted() {
      return new Waiting(timestamp, weight, example, actions, true, scored);
    }

    /** An example of it, not before the impression itself. */
    public LabeledExample example(String id, Kind kind, float label, long time, float laterShare) {
      long at = Math.max(time, timestamp);
      return new LabeledExample(id, at, label, weight, example, kind, laterShare, false);
    }
  }

  /**
   * What is left of a decided impression, to know its duplicates and its late clicks by.
   *
   * @param timestamp of the impression
   * @param seen the actions that happened, in time or late: further ones are duplicates
   * @param features for a correction; nothing where none is to come
   */
  public record Decided(long timestamp, int seen, Optional<Features> features)
      implements JoinEntry {
    public Decided {
      requireNonNull(features, "features");
    }
  }

  /** What is learned of an impression. */
  public record Features(float weight, Example example) {
    public Features {
      requireNonNull(example, "example");
    }

    public LabeledExample example(String id, Kind kind, float label, long time, float laterShare) {
      return new LabeledExample(id, time, label, weight, example, kind, laterShare, false);
    }
  }
}
