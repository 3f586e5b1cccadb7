package io.freshet.lab.bench.quality;

import io.freshet.lab.replay.mapping.ReplayRow;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;

/** What a stream consists of: its fields and its rows. */
interface StreamData {
  /** The kind of each field, as in a configuration: {@code categorical}, {@code numeric}. */
  Map<String, String> fields();

  String userField();

  /** The rows in the order in which they are learned. */
  Iterator<ReplayRow> rows() throws IOException;
}
