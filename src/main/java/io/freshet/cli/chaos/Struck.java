package io.freshet.cli.chaos;

import static java.util.Objects.requireNonNull;

import io.freshet.cli.chaos.Strike.Kind;
import io.freshet.cli.chaos.Strike.Moment;

/**
 * A strike that was done.
 *
 * @param wanted the moment that it waited for
 * @param moment the moment that it met, as far as that is certain
 */
record Struck(Kind kind, Moment wanted, Moment moment) {
  Struck {
    requireNonNull(kind, "kind");
    requireNonNull(wanted, "wanted");
    requireNonNull(moment, "moment");
  }

  static Struck at(Kind kind, Moment moment) {
    return new Struck(kind, moment, moment);
  }
}
