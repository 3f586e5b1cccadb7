package io.freshet.event;

import static java.util.Objects.requireNonNull;

/**
 * Carries a rejection from where the fault is found to the door of a decoder or encoder, which
 * returns it as an {@link DecodeResult}. Has no stack trace: a flood of bad records must stay
 * cheap.
 */
public final class RejectedException extends Exception {
  private final Rejection.Kind kind;

  public RejectedException(Rejection.Kind kind, String reason) {
    super(requireNonNull(reason, "reason"), null, false, false);
    this.kind = requireNonNull(kind, "kind");
  }

  public Rejection rejection() {
    return new Rejection(kind, getMessage());
  }
}
