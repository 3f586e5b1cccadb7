package io.freshet.snapshot.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.snapshot.format.Manifest.DenseFile;
import io.freshet.snapshot.format.Manifest.EmbeddingFile;
import io.freshet.snapshot.format.Manifest.Kind;
import io.freshet.snapshot.format.Manifest.Labels;
import io.freshet.snapshot.format.Manifest.TensorShape;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A {@link Manifest} as JSON; {@code schemas/manifest.schema.json} describes it.
 *
 * <p>Keys that this version does not know are passed over: a newer minor format is readable, a
 * newer major one is refused.
 */
public final class ManifestJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ManifestJson() {}

  public static byte[] write(Manifest manifest) {
    ObjectNode json = JSON.createObjectNode();
    json.put("format", Manifest.FORMAT);
    json.put("name", manifest.name());
    json.put("kind", manifest.kind().name().toLowerCase(Locale.ROOT));
    json.put("version", manifest.version().toString());
    manifest.parent().ifPresent(parent -> json.put("parent", parent.toString()));
    json.put("lineage", manifest.version().lineage());
    json.put("checkpoint", manifest.version().checkpoint());
    manifest.eventTime().ifPresent(time -> json.put("event_time", time.toString()));
    json.put("created", manifest.created().toString());
    json.put("rows", manifest.rows());
    json.put("updates", manifest.updates());
    writeModel(manifest, json);
    writeFiles(manifest, json);
    writeMetrics(manifest.metrics(), json.putObject("metrics"));
    new TreeMap<>(manifest.offsets()).forEach(json.putObject("offsets")::put);
    json.put("sampling_rate", manifest.samplingRate());
    writeLabels(manifest.labels(), json.putObject("labels"));
    writeStanding(manifest.standing(), json);
    return bytes(json);
  }

  /**
   * Reads a manifest.
   *
   * @throws IOException where it is not one that this version reads; the message says why
   */
  public static Manifest read(byte[] bytes) throws IOException {
    JsonNode json = JSON.readTree(bytes);
    try {
      checkFormat(JsonKeys.text(json, "format"));
      return read(json);
    } catch (IllegalArgumentException | DateTimeParseException | ArithmeticException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  public static byte[] bytes(JsonNode json) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always writable", e);
    }
  }

  /** JSON on one line. */
  public static byte[] compact(JsonNode json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always writable", e);
    }
  }

  /** Refuses a format with another major number than ours. */
  public static void checkFormat(String format) throws IOException {
    String ours = Manifest.FORMAT.substring(0, Manifest.FORMAT.indexOf('.') + 1);
    if (!format.startsWith(ours)) {
      throw new IOException(
          "format \"%s\" is not readable by this version, which reads %sx".formatted(format, ours));
    }
  }

  public static Version version(JsonNode json, String key) {
    return version(JsonKeys.text(json, key), key);
  }

  public static Version version(String name, String key) {
    return Version.parse(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "\"%s\" is \"%s\", not the name of a version".formatted(key, name)));
  }

  private static void writeModel(Manifest manifest, ObjectNode json) {
    ObjectNode model = json.putObject("model");
    model.put("kind", manifest.model().kind());
    model.put("embedding_size", manifest.model().embeddingSize());
    manifest.model().hiddenLayers().forEach(model.putArray("hidden_layers")::add);
    if (manifest.model().crossLayers() > 0) {
      model.put("cross_layers", manifest.model().crossLayers());
    }
    json.set("schema", SchemaJson.write(manifest.schema()));
    ObjectNode unknown = json.putObject("unknown_ids");
    unknown.put("rule", manifest.unknownIds().rule()).put("seed", manifest.unknownIds().seed());
    if (!manifest.unknownIds().zeroFields().isEmpty()) {
      manifest.unknownIds().zeroFields().forEach(unknown.putArray("zero_fields")::add);
    }
  }

  private static void writeFiles(Manifest manifest, ObjectNode json) {
    DenseFile dense = manifest.dense();
    ObjectNode file = json.putObject("dense");
    file.put("name", dense.name()).put("size", dense.size()).put("sha256", dense.sha256());
    file.put("examples", dense.examples());
    for (TensorShape tensor : dense.tensors()) {
      ObjectNode entry = file.withArray("tensors").addObject().put("name", tensor.name());
      tensor.shape().forEach(entry.putArray("shape")::add);
    }
    var files = json.putArray("embeddings");
    for (EmbeddingFile rows : manifest.embeddings()) {
      ObjectNode entry = files.addObject().put("name", rows.name()).put("size", rows.size());
      entry.put("sha256", rows.sha256()).put("rows", rows.rows()).put("updates", rows.updates());
    }
  }

  private static void writeStanding(Manifest.Standing standing, ObjectNode json) {
    if (!standing.withheld().isEmpty()) {
      standing.withheld().forEach(json.putArray("withheld")::add);
    }
    if (!standing.nonFinite().isEmpty()) {
      standing.nonFinite().forEach(json.putArray("non_finite")::add);
    }
    standing.merged().ifPresent(when -> json.put("merged", when.toString()));
  }

  private static Manifest.Standing readStanding(JsonNode json) {
    List<String> withheld = new ArrayList<>();
    json.path("withheld").forEach(reason -> withheld.add(reason.asText()));
    List<Long> nonFinite = new ArrayList<>();
    json.path("non_finite").forEach(fid -> nonFinite.add(fid.asLong()));
    return new Manifest.Standing(withheld, nonFinite, time(json, "merged"));
  }

  private static Optional<Instant> time(JsonNode json, String key) {
    return json.has(key) ? Optional.of(Instant.parse(JsonKeys.text(json, key))) : Optional.empty();
  }

  private static void writeMetrics(Map<String, Double> metrics, ObjectNode json) {
    for (Map.Entry<String, Double> metric : new TreeMap<>(metrics).entrySet()) {
      if (Double.isFinite(metric.getValue())) { // JSON has no other numbers
        json.put(metric.getKey(), metric.getValue());
      }
    }
  }

  private static Manifest read(JsonNode json) {
    Map<String, Double> metrics = new TreeMap<>();
    JsonKeys.object(json, "metrics")
        .properties()
        .forEach(e -> metrics.put(e.getKey(), e.getValue().asDouble()));
    Map<String, Long> offsets = new TreeMap<>();
    JsonKeys.object(json, "offsets")
        .properties()
        .forEach(e -> offsets.put(e.getKey(), e.getValue().asLong()));
    return new Manifest(
        JsonKeys.text(json, "name"),
        kind(JsonKeys.text(json, "kind")),
        version(json, "version"),
        json.has("parent") ? Optional.of(version(json, "parent")) : Optional.empty(),
        time(json, "event_time"),
        Instant.parse(JsonKeys.text(json, "created")),
        readModel(JsonKeys.object(json, "model")),
        SchemaJson.read(JsonKeys.object(json, "schema")),
        readUnknown(JsonKeys.object(json, "unknown_ids")),
        readDense(JsonKeys.object(json, "dense")),
        readEmbeddings(JsonKeys.array(json, "embeddings")),
        metrics,
        offsets,
        readLabels(json),
        readStanding(json));
  }

  private static Manifest.UnknownIds readUnknown(JsonNode json) {
    List<Integer> zeroFields = new ArrayList<>();
    json.path("zero_fields").forEach(field -> zeroFields.add(field.asInt()));
    return new Manifest.UnknownIds(
        JsonKeys.text(json, "rule"), JsonKeys.number(json, "seed"), zeroFields);
  }

  private static void writeLabels(Labels labels, ObjectNode json) {
    json.put("definition", labels.definition());
    json.put("policy", labels.policy());
    json.put("correction", labels.correction());
  }

  /** Manifests of before there was a choice say nothing of labels. */
  private static Labels readLabels(JsonNode json) {
    double rate = JsonKeys.real(json, "sampling_rate");
    if (!json.has("labels")) {
      return new Labels("click", "wait", rate == 1 ? Labels.NONE : Labels.LOG_ODDS, rate);
    }
    JsonNode labels = JsonKeys.object(json, "labels");
    return new Labels(
        JsonKeys.text(labels, "definition"),
        JsonKeys.text(labels, "policy"),
        JsonKeys.text(labels, "correction"),
        rate);
  }

  private static Kind kind(String text) {
    return switch (text) {
      case "full" -> Kind.FULL;
      case "delta" -> Kind.DELTA;
      default ->
          throw new IllegalArgumentException("\"kind\" is \"" + text + "\", not full or delta");
    };
  }

  private static Manifest.Model readModel(JsonNode json) {
    List<Integer> layers = new ArrayList<>();
    JsonKeys.array(json, "hidden_layers").forEach(units -> layers.add(units.asInt()));
    return new Manifest.Model(
        JsonKeys.text(json, "kind"),
        Math.toIntExact(JsonKeys.number(json, "embedding_size")),
        layers,
        json.has("cross_layers") ? Math.toIntExact(JsonKeys.number(json, "cross_layers")) : 0);
  }

  private static DenseFile readDense(JsonNode json) {
    List<TensorShape> tensors = new ArrayList<>();
    for (JsonNode tensor : json.path("tensors")) {
      List<Long> shape = new ArrayList<>();
      JsonKeys.array(tensor, "shape").forEach(size -> shape.add(size.asLong()));
      tensors.add(new TensorShape(JsonKeys.text(tensor, "name"), shape));
    }
    return new DenseFile(
        JsonKeys.text(json, "name"),
        JsonKeys.number(json, "size"),
        JsonKeys.text(json, "sha256"),
        tensors,
        JsonKeys.number(json, "examples"));
  }

  private static List<EmbeddingFile> readEmbeddings(JsonNode json) {
    List<EmbeddingFile> files = new ArrayList<>();
    for (JsonNode file : json) {
      files.add(
          new EmbeddingFile(
              JsonKeys.text(file, "name"),
              JsonKeys.number(file, "size"),
              JsonKeys.text(file, "sha256"),
              JsonKeys.number(file, "rows"),
              JsonKeys.number(file, "updates")));
    }
    return files;
  }
}
