package io.freshet.snapshot.publish;

import io.freshet.wire.FullRequest;
import java.util.BitSet;

/** Which subtasks of an operator have sent all they have for a lineage, as they were asked to. */
final class SentWhole {
  private String lineage = FullRequest.NONE; // the last that one has sent for
  private final BitSet sent = new BitSet(); // subtasks
  private int subtasks;

  void add(String of, int subtask, int all) {
    if (!of.equals(lineage)) {
      lineage = of;
      sent.clear();
    }
    sent.set(subtask);
    subtasks = all;
  }

  /** The lineage that all have sent for; none until they have. */
  String lineage() {
    return sent.cardinality() == subtasks ? lineage : FullRequest.NONE;
  }
}
