package io.freshet.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class KafkaClientsTest {
  @Test
  void aPropertysValueIsInNoText() {
    Map<String, String> login = Map.of("sasl.jaas.config", "open-sesame");
    KafkaClients kafka = new KafkaClients("127.0.0.1:1", login);

    assertThat(kafka.toString()).contains("127.0.0.1:1", "sasl.jaas.config").doesNotContain("open");
    assertThatIOException()
        .isThrownBy(new KafkaClients("127.0.0.1:1", with(login))::topicAdmin)
        .withMessageStartingWith("Kafka's client cannot use kafka.properties")
        .withMessageContaining("sasl.jaas.config")
        .withNoCause()
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("open-sesame"));
  }

  @Test
  void timeoutsThatKafkaWouldRefuseDoNotReachTheClient() throws Exception {
    Map<String, String> slow = Map.of("request.timeout.ms", "90000");

    new KafkaClients("127.0.0.1:1", slow).topicAdmin().close();
  }

  private static Map<String, String> with(Map<String, String> login) {
    return Map.of(
        "security.protocol",
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        login.get("sasl.jaas.config"));
  }
}
