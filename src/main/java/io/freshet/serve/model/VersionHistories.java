package io.freshet.serve.model;

import io.freshet.feature.history.ActionHistory;

/** The histories of one version, which never change: held and released with its rows. */
public interface VersionHistories {
  /** No histories. */
  VersionHistories NONE = id -> null;

  /** The history of an id; null if there is none. */
  ActionHistory find(long id);
}
