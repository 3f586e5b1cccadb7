package io.freshet.join;

import static java.util.Objects.requireNonNull;

/**
 * Says that a subtask has sent the histories of all its users to the snapshot, as it was asked to.
 *
 * @param lineage of the snapshot that asked
 * @param subtask its index
 * @param subtasks how many there are
 */
public record SentHistories(String lineage, int subtask, int subtasks) {
  public SentHistories {
    requireNonNull(lineage, "lineage");
  }
}
