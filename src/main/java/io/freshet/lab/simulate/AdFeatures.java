package io.freshet.lab.simulate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The features of an impression. */
final class AdFeatures {
  private static final List<String> DEVICES = List.of("phone", "desktop", "tablet", "tv");

  private AdFeatures() {}

  static String user(ShownItem showing) {
    return "u" + showing.user();
  }

  static Map<String, Object> of(ShownItem showing) {
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
