package io.freshet.cli.console.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PanelTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final Panel panel = new Panel();

  @Test
  void theSameFiguresAreNoNews() {
    panel.show(new IntNode(1), NOON);
    long revision = revision();
    panel.show(new IntNode(1), NOON.plusSeconds(1));

    assertThat(revision()).isEqualTo(revision);
    assertThat(panel.status().get("seen").asLong()).isEqualTo(NOON.plusSeconds(1).toEpochMilli());
  }

  @Test
  void aProblemIsNewsOnceAndKeepsTheFigures() {
    panel.show(new IntNode(1), NOON);
    long revision = revision();
    panel.fail("Kafka is away");
    panel.fail("Kafka is away");

    assertThat(revision()).isEqualTo(revision + 1);
    assertThat(panel.json().get("problem").asText()).isEqualTo("Kafka is away");
    assertThat(panel.json().get("data").asInt()).isEqualTo(1);

    panel.show(new IntNode(1), NOON);

    assertThat(revision()).isEqualTo(revision + 2);
    assertThat(panel.json().has("problem")).isFalse();
  }

  private long revision() {
    return panel.status().get("revision").asLong();
  }
}
