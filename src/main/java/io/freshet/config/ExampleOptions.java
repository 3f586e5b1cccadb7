package io.freshet.config;

import static io.freshet.config.option.ValueType.directory;
import static io.freshet.config.option.ValueType.name;
import static io.freshet.config.option.ValueType.oneOf;

import io.freshet.config.ExampleSettings.Target;
import io.freshet.config.option.Section;

/** The options of the sections {@code examples} and {@code predictions}. */
final class ExampleOptions {
  private ExampleOptions() {}

  static ExampleSettings examples(Section s) {
    return read(s, "examples");
  }

  static ExampleSettings predictions(Section s) {
    return read(s, "predictions");
  }

  private static ExampleSettings read(Section s, String what) {
    return new ExampleSettings(
        s.option(
                "to",
                "Where they go: to a topic, at least once, or to files, exactly once, one"
                    + " compressed file for each checkpoint and subtask.")
            .get(oneOf(Target.class), Target.NOWHERE),
        s.option("topic", "The topic of " + what + ".").get(name(), what),
        s.option("dir", "The directory of " + what + ".")
            .get(directory(), "file:///var/lib/freshet/" + what));
  }
}
