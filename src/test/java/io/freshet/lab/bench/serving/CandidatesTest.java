package io.freshet.lab.bench.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.lab.bench.measure.AdEvents;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CandidatesTest {

  @Test
  void sharedAndOwnFeaturesTogetherAreThoseThatWereLearned() throws Exception {
    JsonNode body = new ObjectMapper().readTree(new Candidates(3, 1).body());

    Set<String> names = new HashSet<>();
    body.at("/shared/features").fieldNames().forEachRemaining(names::add);
    assertThat(names).hasSize(26);
    assertThat(body.get("instances")).hasSize(3);
    body.at("/instances/0/features").fieldNames().forEachRemaining(names::add);
    assertThat(names).hasSize(39).isEqualTo(new AdEvents(0, 1).features().keySet());
  }
}
