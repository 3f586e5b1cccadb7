package io.freshet.interop.torch;

import static io.freshet.config.option.ValueType.anyNumber;
import static io.freshet.config.option.ValueType.positiveNumber;
import static io.freshet.config.option.ValueType.text;

import io.freshet.config.option.ConfigException;
import io.freshet.config.option.ConfigFile;
import io.freshet.config.option.Section;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which tensor of a file is what of a learner's model: a YAML file.
 *
 * @param fields in the order in which the network's input holds their embeddings
 * @param bias the tensor of the global bias
 * @param dense tensors of the network by the names that snapshots have for them; a weight is as
 *     {@code nn.Linear} has it, [out, in], and may end in {@code [a:b]} for some of its inputs
 * @param norms by hidden layer, as {@code deep.0}: what the names of its {@code BatchNorm1d}'s
 *     tensors start with
 * @param baseRate the share of positives in what the model learned
 * @param trainedTo up to when
 */
public record ImportMapping(
    List<FieldTensors> fields,
    Optional<String> bias,
    Map<String, String> dense,
    Map<String, String> norms,
    double baseRate,
    Optional<Instant> trainedTo) {

  /**
   * What is known of a field.
   *
   * @param embedding the tensor of its vectors
   * @param firstOrder the tensor of its first-order weights; zeros if there is none
   * @param vocabulary the file of its values, or {@link #INTEGERS}
   * @param missing the entry of the vocabulary whose row stands for a missing value
   * @param skip entries that stand for nothing
   * @param mean subtracted from the number that is standardized
   * @param unit of the logarithm that is standardized; 0 for the number itself
   */
  public record FieldTensors(
      String name,
      Optional<String> embedding,
      Optional<String> firstOrder,
      Optional<String> vocabulary,
      Optional<String> missing,
      List<String> skip,
      double mean,
      double deviation,
      double unit) {
    /** The vocabulary of a table whose row i belongs to the integer i. */
    public static final String INTEGERS = "integers";

    public FieldTensors {
      skip = List.copyOf(skip);
    }
  }

  public ImportMapping {
    fields = List.copyOf(fields);
    dense = Map.copyOf(dense);
    norms = Map.copyOf(norms);
  }

  /**
   * Reads a file.
   *
   * @throws ConfigException with every problem there is, also when the file cannot be read
   */
  public static ImportMapping read(Path file) {
    return parse(ConfigFile.text(file), file.toString());
  }

  /** Reads a file's text; {@code source} names it in messages. */
  public static ImportMapping parse(String yaml, String source) {
    return Section.root(yaml, source, List.of()).read(ImportMapping::read);
  }

  private static ImportMapping read(Section s) {
    List<FieldTensors> fields =
        s.requireSections(
            "fields",
            1,
            ImportMapping::field,
            "Fields of the learner, in the order of the network's input.");
    Optional<String> bias = s.option("bias", "Tensor of the global bias.").find(text());
    Map<String, String> dense =
        s.entries("dense", text(), Map.of(), "Tensors of the network, by their names here.");
    Map<String, String> norms =
        s.entries("batch-norms", text(), Map.of(), "Batch normalization of hidden layers.");
    double baseRate =
        s.option("base-rate", "Share of positives in what the model learned.")
            .require(positiveNumber())
            .orElse(0.5);
    if (baseRate >= 1) {
      s.error("base-rate", baseRate + " is not allowed; expected a share above 0 and below 1");
    }
    Optional<Instant> trainedTo =
        s.option("trained-to", "Up to when the model learned.")
            .find(text())
            .flatMap(t -> time(s, t));
    s.end();
    return new ImportMapping(fields, bias, dense, norms, baseRate, trainedTo);
  }

  private static FieldTensors field(Section s) {
    return new FieldTensors(
        s.option("name", "Name of the field.").require(text()).orElse(""),
        s.option("embedding", "Tensor of the vectors, [n, k].").find(text()),
        s.option("first-order", "Tensor of the first-order weights, [n] or [n, 1].").find(text()),
        s.option("vocabulary", "File of the values, or integers.").find(text()),
        s.option("missing", "Entry of the vocabulary for a missing value.").find(text()),
        s.option("skip", "Entries of the vocabulary that are no values.").list(text(), List.of()),
        s.option("mean", "Subtracted from a number.").get(anyNumber(), 0.0),
        s.option("deviation", "Divides the difference.").get(positiveNumber(), 1.0),
        s.option("unit", "Of the logarithm, 1 or 1000; 0 for none.").get(anyNumber(), 0.0));
  }

  private static Optional<Instant> time(Section s, String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      s.error("trained-to", text + " is not a time; expected one such as 2026-11-01T00:00:00Z");
      return Optional.empty();
    }
  }
}
