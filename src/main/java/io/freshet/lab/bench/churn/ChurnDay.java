package io.freshet.lab.bench.churn;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A simulated day, from 1: the last snapshot in it, and its progressive validation.
 *
 * @param stateBytes of that snapshot's checkpoint
 * @param snapshotBytes of that snapshot as a full
 */
record ChurnDay(
    int day, long rows, long stateBytes, long snapshotBytes, double auc, double logloss) {

  ObjectNode json(String run) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("run", run).put("day", day).put("rows", rows);
    json.put("state_bytes", stateBytes).put("snapshot_bytes", snapshotBytes);
    return json.put("auc", auc).put("logloss", logloss);
  }
}
