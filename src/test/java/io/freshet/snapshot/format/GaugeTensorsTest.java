package io.freshet.snapshot.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.model.gauge.Expert;
import io.freshet.model.gauge.NumberScale;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.snapshot.format.DataFile.TensorShape;
import io.freshet.snapshot.store.TinyModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GaugeTensorsTest {
  private final Map<String, double[]> values =
      new LinkedHashMap<>(GaugeTensors.values(TinyModel.GAUGE, TinyModel.SCHEMA));

  @Test
  void aGaugeIsReadAsItWasWritten() throws Exception {
    assertThat(values.keySet()).containsExactly("gauge.offset", "gauge.experts", "gauge.numbers");
    assertThat(values.get("gauge.numbers")).containsExactly(3, 1, 1.25, 0.5);
    assertThat(read()).isEqualTo(TinyModel.GAUGE);
  }

  @Test
  void aModelWithoutAGaugeHasNoTensorsOfIt() throws Exception {
    values.clear();

    assertThat(GaugeTensors.values(PublishedGauge.NONE, TinyModel.SCHEMA)).isEmpty();
    assertThat(read()).isEqualTo(PublishedGauge.NONE);
  }

  @Test
  void aGaugeThatDoesNotFitTheSchemaIsRefused() {
    values.put("gauge.numbers", new double[] {7, 1, 1.25, 0.5});
    assertThatThrownBy(this::read)
        .isInstanceOf(IOException.class)
        .hasMessage("the file: the gauge has field 7.0, and the schema 3 in its place");

    values.put("gauge.numbers", new double[8]);
    assertThatThrownBy(this::read)
        .hasMessage("the file: the gauge has 2 numbers, and the schema 1");
  }

  @Test
  void aGaugeWithoutExpertsOrThatIsNoNumberIsRefused() {
    values.put("gauge.experts", new double[0]);
    assertThatThrownBy(this::read).hasMessageContaining("1 offsets and 0 experts");

    values.put("gauge.experts", new double[] {0, 1, Double.NaN, 0});
    assertThatThrownBy(this::read).hasMessage("the file: gauge.experts holds NaN");
  }

  @Test
  void aGaugeOfAnotherSchemaIsNotWritten() {
    PublishedGauge other =
        new PublishedGauge(
            List.of(new NumberScale(0, 0, 1), new NumberScale(0, 0, 1)),
            0,
            List.of(new Expert(0, 1, 1, 0)));

    assertThatThrownBy(() -> GaugeTensors.values(other, TinyModel.SCHEMA))
        .hasMessage("a gauge of 2 numbers, and the schema has 1");
  }

  private PublishedGauge read() throws IOException {
    List<Tensor> tensors =
        values.entrySet().stream().map(e -> GaugeTensors.tensor(e.getKey(), e.getValue())).toList();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    SafetensorsOutput out = new SafetensorsOutput(bytes, tensors);
    for (double[] each : values.values()) {
      out.write(each);
    }
    out.finish();
    SafetensorsFile file =
        SafetensorsFile.read(
            new ByteArrayInputStream(bytes.toByteArray()), bytes.size(), "the file");
    List<TensorShape> named =
        tensors.stream().map(t -> new TensorShape(t.name(), t.shape())).toList();
    return DensePart.of(file, named, TinyModel.SCHEMA).gauge();
  }
}
