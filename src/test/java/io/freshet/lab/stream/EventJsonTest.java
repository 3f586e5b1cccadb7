package io.freshet.lab.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventJsonTest {
  @Test
  void usageExample() {
    Map<String, Object> features = new LinkedHashMap<>();
    features.put("user", "ü \"17\"");
    features.put("price", 12.5);
    features.put("genres", List.of("drama", "war"));

    assertThat(EventJson.impression("i1", 1_600_000_000_000L, features))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo(
            "{\"impression_id\":\"i1\",\"timestamp\":1600000000000,\"features\":"
                + "{\"user\":\"ü \\\"17\\\"\",\"price\":12.5,\"genres\":[\"drama\",\"war\"]}}");
    assertThat(EventJson.click("i1", 1_600_000_000_001L))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("{\"impression_id\":\"i1\",\"timestamp\":1600000000001}");
  }

  @Test
  void aFeatureOfAnotherTypeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EventJson.impression("i1", 0, Map.of("a", new Object())))
        .withMessageContaining("java.lang.Object");
  }
}
