package io.freshet.config;

import static java.util.Objects.requireNonNull;

import io.freshet.config.option.ConfigException;
import io.freshet.config.option.ConfigFile;
import io.freshet.config.option.Section;
import io.freshet.feature.FeatureSchema;
import io.freshet.model.FitSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.optimizer.FieldLearning;
import java.nio.file.Path;
import java.util.List;

/**
 * What fitting a model to files takes of a learner's configuration: its features, its model and the
 * section {@code fit}. Everything else may be missing, Kafka's address too.
 *
 * @param features the fields, read from the columns of their names
 * @param monitor what the best pass is best in
 * @param fields those whose rows are learned otherwise than the others'
 * @param label the column of the label, 0 or 1
 * @param separator between the values of a cell of a {@code multi} field
 * @param minCount a value that the training examples hold fewer times counts as missing
 */
public record FitConfig(
    FeatureSchema features,
    ModelSettings model,
    FitSettings settings,
    Monitor monitor,
    List<FieldLearning> fields,
    String label,
    String separator,
    int minCount) {

  /** The figure of the validation examples that says which pass is better. */
  public enum Monitor {
    LOGLOSS,
    AUC
  }

  public FitConfig {
    requireNonNull(features, "features");
    requireNonNull(model, "model");
    requireNonNull(settings, "settings");
    requireNonNull(monitor, "monitor");
    fields = List.copyOf(fields);
    requireNonNull(label, "label");
    requireNonNull(separator, "separator");
  }

  /** The same, the label in another column. */
  public FitConfig withLabel(String column) {
    return new FitConfig(features, model, settings, monitor, fields, column, separator, minCount);
  }

  /**
   * Reads a file.
   *
   * @param overrides {@code key=value} each; a later one wins
   * @throws ConfigException with every problem there is, also when the file cannot be read
   */
  public static FitConfig read(Path file, List<String> overrides) {
    return parse(ConfigFile.text(file), file.toString(), overrides);
  }

  /**
   * Reads a file's text.
   *
   * @param sourceName names the file in messages
   * @throws ConfigException with every problem there is
   */
  public static FitConfig parse(String yaml, String sourceName, List<String> overrides) {
    return Section.root(yaml, sourceName, overrides).read(FitReader::read);
  }
}
