package io.freshet.cli.simulate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The features that an impression carries of a {@link Showing}. */
final class Features {
  private static final List<String> DEVICES = List.of("phone", "desktop", "tablet", "tv");

  private Features() {}

  static String user(Showing showing) {
    return "u" + showing.user();
  }

  static Map<String, Object> of(Showing showing) {
    Map<String, Object> features = new LinkedHashMap<>();
    features.put("user", user(showing));
    features.put("item", "i" + showing.item().number());
    features.put("genres", showing.item().genres().stream().map(g -> "g" + g).toList());
    features.put("device", DEVICES.get(showing.device()));
    features.put("hour", Integer.toString(showing.hour()));
    features.put("price", showing.price());
    return features;
  }
}
