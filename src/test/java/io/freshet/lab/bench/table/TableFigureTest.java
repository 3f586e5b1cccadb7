package io.freshet.lab.bench.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.lab.bench.measure.Speed;
import io.freshet.lab.bench.table.TableFigure.Learned;
import io.freshet.lab.bench.table.TableFigure.Round;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableFigureTest {
  private static final String SIZES =
      """
      {"peak_resident_bytes": 3000000000, "cache_bytes_per_row": 163, "table_bytes_per_row": 140,
       "snapshot_bytes_per_row": 52,
       "checkpoints": [{"id": 1, "rows_touched": 20000, "bytes": 5000000, "whole_bytes": 6000000,
                        "millis": 1500}]}
      """;

  @Test
  void ratiosAreMediansOfRounds() throws Exception {
    JsonNode json = figure().json();

    assertThat(json.get("bench").asText()).isEqualTo("table");
    assertThat(json.get("examples_per_second").asInt()).isEqualTo(40);
    assertThat(json.get("in_memory_examples_per_second").asInt()).isEqualTo(100);
    assertThat(json.get("ratio").asDouble()).isEqualTo(.4);
    assertThat(json.get("roofline").asInt()).isEqualTo(200);
    assertThat(json.get("cache_hits").asDouble()).isEqualTo(.75);
    assertThat(json.get("misses_per_example").asDouble()).isEqualTo(2.5);
    assertThat(json.get("checkpoints").get(0).get("rows_touched").asInt()).isEqualTo(20_000);
  }

  @Test
  void theTableTellsMemoryBytesARowAndEachCheckpoint() throws Exception {
    StringWriter out = new StringWriter();

    figure().print(new PrintWriter(out));

    assertThat(out.toString())
        .contains("heap 2g, RocksDB 512 MB")
        .containsPattern("most memory resident +3000 MB")
        .containsPattern("a row in the cache +163 bytes")
        .containsPattern("a row in RocksDB's files +140 bytes")
        .containsPattern("a row in a snapshot +52 bytes")
        .containsPattern("1 +20,000 +5 +6 +1\\.5");
  }

  private static TableFigure figure() throws Exception {
    TableSide side = new TableSide(20_000, 1000, true, 512, 30, 2, 1, false, ".", Map.of());
    return new TableFigure(
        side,
        "2g",
        Duration.ofSeconds(9),
        List.of(round(20), round(40), round(90)),
        new ObjectMapper().readTree(SIZES));
  }

  private static Round round(double onDisk) {
    return new Round(learned(onDisk), learned(100), new Speed(200, 200));
  }

  private static Learned learned(double perSecond) {
    return new Learned(new Speed(perSecond, perSecond), 1000, 7500, 2500);
  }
}
