package io.freshet.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KafkaClientsTest {
  private static final String PLAIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=a password=b;";

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

  @ParameterizedTest
  @CsvSource({
    "sasl.jaas.config, shop.LoginModule required;",
    "sasl.login.callback.handler.class, shop.Login"
  })
  void aClassThatIsMissingIsSaidToBe(String property, String value) {
    Map<String, String> properties = new HashMap<>(with(Map.of("sasl.jaas.config", PLAIN)));
    properties.put(property, value);

    assertThatIOException()
        .isThrownBy(new KafkaClients("127.0.0.1:1", properties)::topicAdmin)
        .withMessageStartingWith("a class that kafka.properties name is not on the class path");
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
