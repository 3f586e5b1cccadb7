package io.freshet.cli.snapshot.text;

import io.freshet.feature.Field;
import io.freshet.feature.NumericField;
import io.freshet.model.gauge.Expert;
import io.freshet.model.gauge.NumberScale;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.snapshot.format.DataFile.DenseFile;
import io.freshet.snapshot.format.DataFile.EmbeddingFile;
import io.freshet.snapshot.format.DataFile.HistoryFile;
import io.freshet.snapshot.format.Manifest;
import java.io.PrintWriter;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A manifest for people: what the version is, then a block each of features, experts, metrics and
 * files.
 */
public final class ManifestText {
  private final Manifest manifest;
  private final PublishedGauge gauge;

  /**
   * @param gauge the version's
   */
  public ManifestText(Manifest manifest, PublishedGauge gauge) {
    this.manifest = manifest;
    this.gauge = gauge;
  }

  public void print(PrintWriter out) {
    facts().print(out);
    block(out, "Features", features());
    if (gauge.isMixed()) {
      block(out, "Experts", experts());
    }
    block(out, "Metrics", metrics());
    block(out, "Kafka offsets", offsets());
    block(out, "Files", files());
  }

  private static void block(PrintWriter out, String title, TextTable table) {
    out.println();
    out.println(title);
    table.print(out);
  }

  private TextTable facts() {
    Manifest.Model model = manifest.model();
    String layers =
        model.hiddenLayers().stream().map(String::valueOf).collect(Collectors.joining("-"));
    return new TextTable("ll")
        .row("Version", manifest.version().toString())
        .row("Model", manifest.name())
        .row(
            "Kind",
            ManifestCells.kind(manifest)
                + manifest.parent().map(parent -> " on " + parent).orElse(", stands alone"))
        .row("Created", ManifestCells.time(Optional.of(manifest.created())))
        .row("Event time", ManifestCells.time(manifest.eventTime()))
        .row(
            "Shape",
            "%s, embeddings of %s, hidden layers %s%s%s"
                .formatted(
                    model.kind(),
                    model.embeddingSize(),
                    layers,
                    model.crossLayers() == 0 ? "" : ", cross layers " + model.crossLayers(),
                    sizes(model)))
        .row(
            "Rows",
            "%s, updated %s times"
                .formatted(
                    ManifestCells.count(manifest.rows()), ManifestCells.count(manifest.updates())))
        .row("Examples", ManifestCells.count(manifest.dense().examples()))
        .row("State", state())
        .row("Unknown ids", manifest.unknownIds().rule())
        .row("Label", manifest.labels().definition())
        .row("Policy", manifest.labels().policy())
        .row("Sampling", Double.toString(manifest.samplingRate()))
        .row("Correction", manifest.labels().correction());
  }

  private static String sizes(Manifest.Model model) {
    return model.sizes().entrySet().stream()
        .map(
            e ->
                ", %s %s"
                    .formatted(
                        e.getKey(),
                        e.getValue().stream()
                            .map(String::valueOf)
                            .collect(Collectors.joining("-"))))
        .collect(Collectors.joining());
  }

  private String state() {
    String withheld =
        manifest.isWithheld()
            ? "withheld: " + String.join("; ", manifest.withheld())
            : "passed the gate";
    return withheld
        + (manifest.merged().isPresent()
            ? ", merged at " + ManifestCells.time(manifest.merged())
            : "");
  }

  private TextTable features() {
    Iterator<NumberScale> scales = gauge.numbers().iterator();
    TextTable table = new TextTable("lll");
    for (Field field : manifest.schema().fields()) {
      String scale = "";
      for (int n = field.numbers(); n > 0 && scales.hasNext(); n--) {
        NumberScale next = scales.next();
        scale = field instanceof NumericField ? describe(next) : "";
      }
      table.row("", field.name(), describe(field) + size(field) + scale);
    }
    return table;
  }

  private String size(Field field) {
    Integer size = manifest.model().embeddingSizes().get(field.number());
    return size == null ? "" : ", embeddings of " + size;
  }

  private static String describe(Field field) {
    return field instanceof NumericField numeric
        ? field.describe() + ", " + numeric.transform()
        : field.describe();
  }

  private static String describe(NumberScale scale) {
    return String.format(
        Locale.ROOT,
        ", %s with mean %.4g, deviation %.4g",
        scale.text(),
        scale.mean(),
        scale.deviation());
  }

  private TextTable experts() {
    TextTable table =
        new TextTable("lrrrr").row("", "FIRST ORDER", "WHOLE MODEL", "WEIGHT", "CORRECTION");
    for (Expert expert : gauge.experts()) {
      table.row(
          "",
          String.format(Locale.ROOT, "%.2f", expert.firstOrder()),
          String.format(Locale.ROOT, "%.2f", expert.logit()),
          String.format(Locale.ROOT, "%.4f", expert.weight()),
          String.format(Locale.ROOT, "%.4f", expert.correction()));
    }
    return table;
  }

  private TextTable metrics() {
    TextTable table = new TextTable("llr");
    new TreeMap<>(manifest.metrics())
        .forEach((name, value) -> table.row("", name, ManifestCells.metric(value)));
    return table;
  }

  private TextTable offsets() {
    TextTable table = new TextTable("llr");
    new TreeMap<>(manifest.offsets())
        .forEach((partition, offset) -> table.row("", partition, ManifestCells.count(offset)));
    return table;
  }

  private TextTable files() {
    DenseFile dense = manifest.dense();
    TextTable table =
        new TextTable("llrl")
            .row(
                "",
                dense.name(),
                ManifestCells.bytes(dense.size()),
                dense.tensors().size() + " tensors");
    for (EmbeddingFile file : manifest.embeddings()) {
      table.row(
          "",
          file.name(),
          ManifestCells.bytes(file.size()),
          ManifestCells.count(file.rows()) + " rows");
    }
    for (HistoryFile file : manifest.histories()) {
      table.row(
          "",
          file.name(),
          ManifestCells.bytes(file.size()),
          "%s histories, %s actions"
              .formatted(
                  ManifestCells.count(file.histories()), ManifestCells.count(file.actions())));
    }
    return table;
  }
}
