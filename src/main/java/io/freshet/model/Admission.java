package io.freshet.model;

import io.freshet.model.optimizer.Checks;
import java.io.Serializable;

/**
 * When a feature gets a row of the embedding table. Until then it reads as zero, and what would
 * have moved its row is dropped.
 */
public sealed interface Admission extends Serializable {
  Admission ALL = new All();

  /** Largest count of a sketch's counter. */
  int MOST_SKETCHED = 127;

  /** At its first occurrence, which is learned. */
  record All() implements Admission {}

  /**
   * After so many occurrences, with one counter for each feature.
   *
   * @param occurrences the first so many are not learned
   */
  record Counted(int occurrences) implements Admission {
    public Counted {
      Checks.atLeastOne("occurrences", occurrences);
    }
  }

  /**
   * After so many occurrences, or somewhat fewer, as all features share the counters of a sketch.
   *
   * @param occurrences up to {@link #MOST_SKETCHED}
   */
  record Sketched(int occurrences) implements Admission {
    public Sketched {
      Checks.atLeastOne("occurrences", occurrences);
      if (occurrences > MOST_SKETCHED) {
        throw new IllegalArgumentException(
            "occurrences is %s, but a sketch counts to %s".formatted(occurrences, MOST_SKETCHED));
      }
    }
  }

  /**
   * At each occurrence with the same probability, decided by a hash of the impression's id and the
   * feature's, so that a replay decides the same.
   *
   * @param share probability, above 0 and at most 1
   */
  record Chance(double share) implements Admission {
    public Chance {
      if (!(share > 0 && share <= 1)) {
        throw new IllegalArgumentException("share is " + share + " but must be above 0, up to 1");
      }
    }
  }
}
