package io.freshet.lab.simulate;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One item shown to one user.
 *
 * @param price at that moment
 * @param hour of the day where the user lives
 * @param time event time, epoch milliseconds
 */
record ShownItem(int user, Item item, double price, int device, int hour, long time) {
  private static final List<String> DEVICES = List.of("phone", "desktop", "tablet", "tv");

  ShownItem {
    requireNonNull(item, "item");
  }

  String userName() {
    return "u" + user;
  }

  Map<String, Object> features() {
    Map<String, Object> features = new LinkedHashMap<>();
    features.put("user", userName());
    features.put("item", "i" + item.number());
    features.put("genres", item.genres().stream().map(g -> "g" + g).toList());
    features.put("device", DEVICES.get(device));
    features.put("hour", Integer.toString(hour));
    features.put("price", price);
    return features;
  }

  /** An item that is shown: its name, and what everyone knows of it. */
  record Item(int number, List<Integer> genres, double price) {
    Item {
      genres = List.copyOf(genres);
    }
  }
}
