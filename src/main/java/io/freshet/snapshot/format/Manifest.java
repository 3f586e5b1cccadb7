package io.freshet.snapshot.format;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.freshet.feature.FeatureSchema;
import io.freshet.model.Sizes;
import io.freshet.model.Task;
import io.freshet.model.Tasks;
import io.freshet.snapshot.format.DataFile.DenseFile;
import io.freshet.snapshot.format.DataFile.EmbeddingFile;
import io.freshet.snapshot.format.DataFile.HistoryFile;
import java.io.IOException;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a version is and which files hold it: {@code manifest.json}. A version is complete once its
 * manifest is there.
 *
 * <p>A <em>full</em> version holds every row of the model, a <em>delta</em> the rows touched since
 * its parent. The embedding files are to be read in the order of {@code embeddings}: several may
 * hold rows of one shard, parts of successive checkpoints, and a later file's row (or removal)
 * replaces an earlier one's.
 *
 * @param name the model's name
 * @param kind full or delta
 * @param version the version, which is also the folder's name
 * @param parent the version that a delta adds to; absent in a full
 * @param eventTime up to where the stream was learned; absent before the first watermark
 * @param created when it was published
 * @param model the model's shape
 * @param schema the features it is computed from
 * @param unknownIds what counts as the row of a feature id that the model does not hold
 * @param dense the file of the dense part, always whole
 * @param embeddings the files of the rows
 * @param histories the files of what users did, where the job keeps and publishes it: read as those
 *     of the rows
 * @param metrics progressive validation and other figures at the checkpoint, those that are finite
 * @param offsets next Kafka offset by {@code topic-partition}
 * @param samplingRate the share of the negatives that were learned
 * @param labels what the model was taught, and what makes probabilities of its logits
 * @param withheld why the gate withheld the version; empty where it passed
 * @param nonFinite ids of rows that hold a value which is no finite number, ascending
 * @param merged when the full was merged from a chain; the ids of such a full ascend through all
 *     its files. Absent in what was published as it is.
 */
@JsonPropertyOrder({
  "name",
  "kind",
  "version",
  "parent",
  "lineage",
  "checkpoint",
  "event_time",
  "created",
  "rows",
  "updates"
})
public record Manifest(
    String name,
    Kind kind,
    Version version,
    Optional<Version> parent,
    Optional<Instant> eventTime,
    Instant created,
    Model model,
    FeatureSchema schema,
    UnknownIds unknownIds,
    DenseFile dense,
    List<EmbeddingFile> embeddings,
    @JsonInclude(Include.NON_EMPTY) List<HistoryFile> histories,
    Map<String, Double> metrics,
    Map<String, Long> offsets,
    double samplingRate,
    @JsonInclude(Include.NON_NULL) Labels labels,
    @JsonInclude(Include.NON_EMPTY) List<String> withheld,
    @JsonInclude(Include.NON_EMPTY) List<Long> nonFinite,
    Optional<Instant> merged) {

  /** The format that this code writes. */
  public static final String FORMAT = "1.3";

  public static final String FILE = "manifest.json";

  /** A second manifest next to a delta's: the same model, merged into a full. */
  public static final String MERGED_FILE = "full.json";

  /** Whether a version stands alone. */
  public enum Kind {
    FULL,
    DELTA
  }

  /**
   * The shape of the model.
   *
   * @param kind the key of a {@link io.freshet.model.ModelKind}; text, as a newer writer may have
   *     kinds that this reader can list but not compute
   * @param sizes that only the kind has, by the keys of the configuration
   * @param tasks that it predicts, in the order of their gauges; none for a model of one task
   * @param embeddingSizes by the number of each field whose rows hold less: v beyond is 0, and the
   *     field's embedding is projected; none where all fields have the model's size
   */
  public record Model(
      String kind,
      int embeddingSize,
      List<Integer> hiddenLayers,
      @JsonInclude(Include.NON_DEFAULT) int crossLayers,
      @JsonInclude(Include.NON_EMPTY) Map<String, List<Integer>> sizes,
      @JsonInclude(Include.NON_EMPTY) List<ModelTask> tasks,
      @JsonInclude(Include.NON_EMPTY) Map<Integer, Integer> embeddingSizes) {
    /** Far above what a configuration may have: memory is taken for what is said here. */
    private static final int MAX_UNITS = 1 << 16;

    private static final int MAX_LAYERS = 1000;

    public Model {
      requireNonNull(kind, "kind");
      hiddenLayers = List.copyOf(hiddenLayers);
      checkSize("embedding_size", embeddingSize, MAX_UNITS);
      checkSize("cross_layers", crossLayers, MAX_LAYERS);
      checkSize("the number of hidden_layers", hiddenLayers.size(), MAX_LAYERS);
      hiddenLayers.forEach(units -> checkSize("hidden_layers", units, MAX_UNITS));
      sizes = new Sizes(sizes).lists();
      sizes.forEach((key, list) -> list.forEach(size -> checkSize(key, size, MAX_UNITS)));
      tasks = tasks == null ? List.of() : List.copyOf(tasks);
      embeddingSizes = Map.copyOf(embeddingSizes);
    }

    /** A model of one task. */
    public Model(
        String kind,
        int embeddingSize,
        List<Integer> hiddenLayers,
        int crossLayers,
        Map<String, List<Integer>> sizes) {
      this(kind, embeddingSize, hiddenLayers, crossLayers, sizes, List.of(), Map.of());
    }

    /** A model of a kind without sizes of its own. */
    public Model(String kind, int embeddingSize, List<Integer> hiddenLayers, int crossLayers) {
      this(kind, embeddingSize, hiddenLayers, crossLayers, Map.of());
    }

    /** How many numbers the embedding of a field's row holds. */
    public int embeddingSize(int field) {
      return embeddingSizes.getOrDefault(field, embeddingSize);
    }
  }

  /**
   * One of several tasks.
   *
   * @param after the earlier task by whose probability that of this one's network is multiplied;
   *     absent where it stands alone
   */
  public record ModelTask(String name, Optional<String> after, Labels labels, double samplingRate)
      implements Serializable {
    public ModelTask {
      requireNonNull(name, "name");
      requireNonNull(after, "after");
      requireNonNull(labels, "labels");
    }

    static ModelTask of(Task task) {
      return new ModelTask(
          task.name(),
          Optional.of(task.after()).filter(after -> !after.isEmpty()),
          Labels.of(task.definition(), task.labels()),
          task.labels().negativeRate());
    }

    Task toTask() throws IOException {
      return new Task(name, after.orElse(""), labels.definition(), labels.toSettings(samplingRate));
    }
  }

  /** The tasks of the model. */
  public Tasks tasks() throws IOException {
    List<Task> all = new ArrayList<>();
    for (ModelTask task : model.tasks()) {
      all.add(task.toTask());
    }
    return new Tasks(all);
  }

  private static void checkSize(String key, int size, int most) {
    if (size < 0 || size > most) {
      throw new IllegalArgumentException(
          "%s: %s is not allowed; expected from 0 to %s".formatted(key, size, most));
    }
  }

  /**
   * The row of an id that is not in the model.
   *
   * @param rule {@link #START_ROW}: the row that training would start with, from (seed, fid) alone;
   *     {@link #ZERO}: zeros
   * @param zeroFields numbers of the fields whose ids count as zeros whatever the rule, as they
   *     have to earn their rows
   */
  public record UnknownIds(
      String rule, long seed, @JsonInclude(Include.NON_EMPTY) List<Integer> zeroFields) {
    public static final String START_ROW = "start-row";
    public static final String ZERO = "zero";

    public UnknownIds {
      requireNonNull(rule, "rule");
      zeroFields = List.copyOf(zeroFields);
    }

    /** One rule for all fields. */
    public UnknownIds(String rule, long seed) {
      this(rule, seed, List.of());
    }
  }

  public Manifest {
    requireNonNull(name, "name");
    requireNonNull(version, "version");
    requireNonNull(eventTime, "eventTime");
    requireNonNull(created, "created");
    requireNonNull(model, "model");
    requireNonNull(schema, "schema");
    requireNonNull(unknownIds, "unknownIds");
    requireNonNull(dense, "dense");
    requireNonNull(merged, "merged");
    embeddings = List.copyOf(embeddings);
    histories = List.copyOf(histories);
    metrics = finite(metrics);
    offsets = Map.copyOf(offsets);
    labels = labels == null ? labelsOf1Dot0(samplingRate) : labels;
    withheld = List.copyOf(withheld);
    nonFinite = List.copyOf(nonFinite);
    if ((kind == Kind.FULL) != parent.isEmpty()) {
      throw new IllegalArgumentException(
          "version %s is %s and has %s"
              .formatted(version, kind, parent.map(p -> "the parent " + p).orElse("no parent")));
    }
  }

  private static Map<String, Double> finite(Map<String, Double> metrics) {
    Map<String, Double> finite = new HashMap<>(metrics);
    finite.values().removeIf(value -> !Double.isFinite(value));
    return Map.copyOf(finite);
  }

  /** Manifests of format 1.0 may lack labels: there was one kind. */
  private static Labels labelsOf1Dot0(double samplingRate) {
    return new Labels("click", "wait", samplingRate == 1 ? Labels.NONE : Labels.LOG_ODDS);
  }

  /**
   * Reads a manifest.
   *
   * @throws IOException where the bytes are no manifest of a format that is readable here
   */
  public static Manifest of(byte[] json) throws IOException {
    return FormatJson.read(json, Manifest.class);
  }

  /** The manifest as it is written, in UTF-8. */
  public byte[] toJson() {
    return FormatJson.write(this);
  }

  /** Floats of a row: w and the embedding. */
  public int rowWidth() {
    return 1 + model.embeddingSize();
  }

  /** Whether the gate kept the pointer from the version. */
  public boolean isWithheld() {
    return !withheld.isEmpty();
  }

  /** The same version as a full of these files. */
  public Manifest merged(List<EmbeddingFile> rows, List<HistoryFile> users, Instant when) {
    return new Manifest(
        name,
        Kind.FULL,
        version,
        Optional.empty(),
        eventTime,
        created,
        model,
        schema,
        unknownIds,
        dense,
        rows,
        users,
        metrics,
        offsets,
        samplingRate,
        labels,
        withheld,
        nonFinite,
        Optional.of(when));
  }

  @JsonProperty
  String lineage() {
    return version.lineage();
  }

  @JsonProperty
  long checkpoint() {
    return version.checkpoint();
  }

  /** Rows in the files; one that several files hold counts for each. */
  @JsonProperty
  public long rows() {
    return embeddings.stream().mapToLong(EmbeddingFile::rows).sum();
  }

  /** Sum of the files' updates; in a full of one file a shard, those of the whole model. */
  @JsonProperty
  public long updates() {
    return embeddings.stream().mapToLong(EmbeddingFile::updates).sum();
  }

  /** Bytes of all files but the manifest. */
  public long bytes() {
    return dense.size() + changes().stream().mapToLong(DataFile::size).sum();
  }

  /** The files of rows and histories. */
  public List<DataFile> changes() {
    List<DataFile> all = new ArrayList<>(embeddings);
    all.addAll(histories);
    return all;
  }
}
