package io.freshet.lab.simulate;

import static java.util.Objects.requireNonNull;

/**
 * One item shown to one user.
 *
 * @param user number of the user
 * @param item what was shown
 * @param price its price at that moment
 * @param device number of the device
 * @param hour hour of the day where the user lives
 * @param time event time, epoch milliseconds
 */
record ShownItem(int user, Item item, double price, int device, int hour, long time) {
  ShownItem {
    requireNonNull(item, "item");
  }
}
