package io.freshet.join;

import io.freshet.feature.EncodedImpression;
import io.freshet.feature.Example;
import io.freshet.feature.LabelledExample;
import java.util.OptionalLong;

/** What the join knows of one impression id, which is the key and so not part of the entry. */
sealed interface JoinEntry {

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

  /** Neither impression nor click, or both long forgotten. Never stored. */
  record Nothing() implements JoinEntry {}

  /** A click whose impression has not come: the earliest of its clicks. */
  record EarlyClick(long timestamp) implements JoinEntry {}

  /**
   * An impression whose window is open.
   *
   * @param lateClick whether a click after the window was already seen
   */
  record Waiting(long timestamp, float weight, Example example, boolean lateClick)
      implements JoinEntry {

    static Waiting of(EncodedImpression impression, boolean lateClick) {
      return new Waiting(
          impression.timestamp(), impression.weight(), impression.example(), lateClick);
    }

    Waiting withLateClick() {
      return new Waiting(timestamp, weight, example, true);
    }

    LabelledExample labelled(String id, float label, long time) {
      return new LabelledExample(id, time, label, weight, example);
    }
  }

  /**
   * What is left of a decided impression, to know its duplicates and its late clicks by.
   *
   * @param timestamp of the impression
   * @param clicked whether a further click is a duplicate: it was a positive, or a late click was
   *     seen
   */
  record Decided(long timestamp, boolean clicked) implements JoinEntry {}
}
