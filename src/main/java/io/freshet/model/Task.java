package io.freshet.model;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.example.LabelSettings;
import java.io.Serializable;

/**
 * Something that a model of several tasks predicts of an impression.
 *
 * @param name of the task, as results call it
 * @param after the earlier task that it follows on, so that what is learned for it is its
 *     probability given that one; empty where it stands alone
 * @param definition of its label, for people
 * @param labels how its labels come about
 */
public record Task(String name, String after, String definition, LabelSettings labels)
    implements Serializable {
  public Task {
    requireNonNull(name, "name");
    requireNonNull(after, "after");
    requireNonNull(definition, "definition");
    requireNonNull(labels, "labels");
  }

  /** What the probability of its network is given. */
  public String given() {
    return after.isEmpty() ? "nothing" : after;
  }
}
