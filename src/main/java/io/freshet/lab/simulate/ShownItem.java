package io.freshet.lab.simulate;

import static java.util.Objects.requireNonNull;

/**
 * One item shown to one user.
 *
 * @param price at that moment
 * @param hour of the day where the user lives
 * @param time event time, epoch milliseconds
 */
record ShownItem(int user, Item item, double price, int device, int hour, long time) {
  ShownItem {
    requireNonNull(item, "item");
  }
}
