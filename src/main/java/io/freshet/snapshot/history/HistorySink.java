package io.freshet.snapshot.history;

import io.freshet.feature.history.ActionHistory;
import java.io.IOException;

/** Takes the changes that a version makes to histories, in order. */
public interface HistorySink {
  /** Takes nothing. */
  HistorySink NONE =
      new HistorySink() {
        @Override
        public void putHistory(long id, ActionHistory actions) {}

        @Override
        public void removeHistory(long id) {}
      };

  /** Takes a history in place of any that is there under its id. */
  void putHistory(long id, ActionHistory actions) throws IOException;

  /** Removes the history of an id, if there is one. */
  void removeHistory(long id) throws IOException;
}
