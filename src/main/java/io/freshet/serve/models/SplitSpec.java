package io.freshet.serve.models;

import io.freshet.serve.predict.Split;
import java.util.List;

/**
 * A name that several models share.
 *
 * @param models that answer, by their names
 * @param split between them
 * @param shadows that score what they answer, and answer nobody
 */
public record SplitSpec(List<String> models, Split split, List<String> shadows) {
  public SplitSpec {
    models = List.copyOf(models);
    shadows = List.copyOf(shadows);
  }
}
