package io.freshet.lab.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class FigureTableTest {
  private static final Figure FIGURE =
      new Figure(
          "loop",
          "step-64",
          Workload.large(512, 64, 2),
          2,
          List.of(round(100, 400), round(300, 600), round(900, 900)));

  @Test
  void aFigureIsTheMedianOfItsRounds() {
    assertThat(FIGURE.examplesPerSecond()).isEqualTo(300);
    assertThat(FIGURE.roofline()).isEqualTo(600);
    assertThat(FIGURE.ratio()).isEqualTo(0.5);
    assertThat(FIGURE.cpuRatio()).isEqualTo(0.25);
  }

  @Test
  void jsonIsOneObjectWithTheFirstFigureAndAll() throws Exception {
    StringWriter out = new StringWriter();
    FigureTable<Figure> figures = Figure.table(new PrintWriter(out), true);

    figures.add(FIGURE);
    figures.add(FIGURE);
    figures.end();

    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.get("bench").asText()).isEqualTo("loop");
    assertThat(json.get("examples_per_second").asInt()).isEqualTo(300);
    assertThat(json.get("roofline").asInt()).isEqualTo(600);
    assertThat(json.get("ratio").asDouble()).isEqualTo(0.5);
    assertThat(json.get("parallelism").asInt()).isEqualTo(2);
    assertThat(json.get("batch_size").asInt()).isEqualTo(512);
    assertThat(json.get("rounds").asInt()).isEqualTo(3);
    assertThat(json.get("figures")).hasSize(2);
  }

  @Test
  void theTableHasALineForEachFigure() {
    StringWriter out = new StringWriter();
    FigureTable<Figure> figures = Figure.table(new PrintWriter(out), false);

    figures.add(FIGURE);
    figures.end();

    assertThat(out.toString().lines()).hasSize(2);
    assertThat(out.toString())
        .containsPattern("batch +step +in flight +parallelism +examples/s")
        .containsPattern("step-64 +512 +64 +2 +2 +300 +600 +0.50 +0.25");
  }

  @Test
  void aModelWithoutMatrixProductsHasNoRoofline() throws Exception {
    StringWriter out = new StringWriter();
    Figure figure = new Figure("loop", "lr", Workload.lr(), 2, List.of(round(300, 0)));

    Figure.table(new PrintWriter(out), false).add(figure);
    FigureTable<Figure> json = Figure.table(new PrintWriter(out), true);
    json.add(figure);
    json.end();

    assertThat(out.toString()).containsPattern("lr +256 +64 +2 +2 +300 +- +- +-\\s");
    assertThat(out.toString()).contains("\"roofline\":null,\"ratio\":null,\"cpu_ratio\":null");
  }

  private static Figure.Round round(double learned, double roofline) {
    return new Figure.Round(new Speed(learned, learned), new Speed(roofline, 2 * roofline));
  }
}
