package io.freshet.feature.history;

import static java.util.Objects.requireNonNull;

/**
 * What is published of one user, for one sequence: as many of the last actions as the sequence
 * holds. Replaces what was published under its id before; without actions it removes that.
 *
 * @param id {@link Histories#publishedId}
 */
public record PublishedHistory(long id, ActionHistory actions) {
  public PublishedHistory {
    requireNonNull(actions, "actions");
  }
}
