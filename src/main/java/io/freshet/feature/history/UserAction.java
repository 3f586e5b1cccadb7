package io.freshet.feature.history;

import static java.util.Objects.requireNonNull;

/**
 * What a user did, for one of the sequences that it fills.
 *
 * @param user as {@link Histories#user} names the user
 * @param sequence number of the field
 * @param time epoch milliseconds; not before the impression's
 * @param value the low bits of the value's feature id
 */
public record UserAction(String user, int sequence, long time, long value) {
  public UserAction {
    requireNonNull(user, "user");
  }
}
