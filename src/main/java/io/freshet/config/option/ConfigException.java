package io.freshet.config.option;

import java.util.List;

/** A configuration that cannot be used, with everything that is wrong in it. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final List<String> problems;

  public ConfigException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /**
   * Every problem, one line each: {@code train.batch-size: 0 is not allowed; expected a whole
   * number from 1 to 65536 (learner.yaml:12:5)}.
   */
  public List<String> problems() {
    return problems;
  }
}
