package io.freshet.serve.predict;

import java.util.Optional;

/**
 * What became of changes of the models.
 *
 * @param reloads changes that took over
 * @param failures attempts at a change that failed
 * @param problem what keeps the models of now in place though others are wanted
 */
public record ReloadState(long reloads, long failures, Optional<String> problem) {
  static final ReloadState NONE = new ReloadState(0, 0, Optional.empty());

  /** Another set of models has taken over. */
  public ReloadState reloaded() {
    return new ReloadState(reloads + 1, failures, Optional.empty());
  }

  /** The models of now are those that are wanted. */
  public ReloadState settled() {
    return new ReloadState(reloads, failures, Optional.empty());
  }

  /** The models that are wanted are not there yet. */
  public ReloadState waiting(String why) {
    return new ReloadState(reloads, failures, Optional.of(why));
  }

  /** The models that are wanted cannot be had. */
  public ReloadState failed(String why) {
    return new ReloadState(reloads, failures + 1, Optional.of(why));
  }
}
