package io.freshet.lab.simulate;

import io.freshet.lab.simulate.ShownItem.Item;
import io.freshet.lab.simulate.SimulatorSettings.Truth;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What is shown to whom: users and items by Zipf's law, devices by their shares.
 *
 * <p>Users live in all time zones, so that all hours of the day occur at any time. One common hour
 * would give labels away: a click is known at once, its absence only at the end of the join window,
 * so that the first examples of each hour would all be clicks.
 */
final class AdTraffic {
  private static final long HOUR = 3_600_000;

  private final List<Item> items;
  private final UserPopulation users;
  private final Zipf shown;
  private final int[] zones; // of each user, offset from UTC in hours
  private final RandomGenerator random;

  AdTraffic(Truth settings, List<Item> items, RandomGenerator random) {
    this.items = List.copyOf(items);
    this.random = random;
    users = new UserPopulation(settings.users(), settings.skew(), random);
    shown = new Zipf(items.size(), settings.skew());
    zones = random.ints(settings.users(), 0, 24).toArray();
  }

  ShownItem next(long time) {
    Item item = items.get(shown.draw(random));
    double price = Math.rint(100 * item.price() * (0.8 + 0.2 * random.nextDouble())) / 100;
    int user = users.next();
    int hour = (int) Math.floorMod(Math.floorDiv(time, HOUR) + zones[user], 24L);
    return new ShownItem(user, item, Math.max(price, 0.01), device(), hour, time);
  }

  private int device() {
    double rest = random.nextDouble();
    int device = 0;
    while (device < AdTruth.DEVICES.size() - 1 && rest >= AdTruth.DEVICES.get(device)) {
      rest -= AdTruth.DEVICES.get(device++);
    }
    return device;
  }
}
