package io.freshet.serve.models;

import io.freshet.config.option.ConfigException;
import io.freshet.config.option.ConfigFile;
import io.freshet.config.option.Section;
import java.nio.file.Path;
import java.util.List;

/** The models of a server, and the names that several of them share. */
public record ModelsSpec(List<ModelSpec> models, List<SplitSpec> splits) {
  public ModelsSpec {
    models = List.copyOf(models);
    splits = List.copyOf(splits);
  }

  /** Whether a model answers nobody, by its own name neither. */
  boolean isOnlyShadow(ModelSpec model) {
    return splits.stream()
            .anyMatch(split -> model.name().filter(split.shadows()::contains).isPresent())
        && splits.stream()
            .noneMatch(split -> model.name().filter(split.models()::contains).isPresent());
  }

  /** One model. */
  public static ModelsSpec of(ModelSpec model) {
    return new ModelsSpec(List.of(model), List.of());
  }

  /**
   * What a file describes.
   *
   * @throws ConfigException with every problem in it, each with its key, its line and what is
   *     expected
   */
  public static ModelsSpec read(Path file) {
    return parse(ConfigFile.text(file), String.valueOf(file.getFileName()));
  }

  /**
   * What the text of a file describes.
   *
   * @param source the name of the file, for messages
   * @throws ConfigException as above
   */
  static ModelsSpec parse(String yaml, String source) {
    return Section.root(yaml, source, List.of()).read(ModelsReader::read);
  }
}
