package io.freshet.serve.http.v1;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.wire.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Bodies of predictions with random values in every feature of a schema. */
final class RandomInstances {
  private static final int VALUES = 1000; // that a feature may have

  private final FeatureSchema schema;
  private final Random random = new Random(1);

  private record Body(List<Instance> instances) {}

  private record Instance(Map<String, Object> features) {}

  RandomInstances(FeatureSchema schema) {
    this.schema = schema;
  }

  byte[] body(int size) {
    List<Instance> instances = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      Map<String, Object> features = new HashMap<>();
      for (Field field : schema.fields()) {
        if (field.isRaw()) {
          features.put(field.name(), field.rawValue(String.valueOf(random.nextInt(VALUES))));
        }
      }
      instances.add(new Instance(features));
    }
    return Json.line(new Body(instances));
  }
}
