package io.freshet.lab.chaos.fault;

import static java.util.Objects.requireNonNull;

import io.freshet.lab.chaos.fault.Fault.Kind;
import io.freshet.lab.chaos.fault.Fault.Moment;

/** A fault that was done, and the moment that it met as far as that is certain. */
public record InjectedFault(Kind kind, Moment wanted, Moment moment) {
  public InjectedFault {
    requireNonNull(kind, "kind");
    requireNonNull(wanted, "wanted");
    requireNonNull(moment, "moment");
  }

  public static InjectedFault at(Kind kind, Moment moment) {
    return new InjectedFault(kind, moment, moment);
  }
}
