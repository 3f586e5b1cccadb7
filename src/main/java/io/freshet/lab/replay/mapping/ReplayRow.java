package io.freshet.lab.replay.mapping;

import java.util.Map;
import java.util.Optional;

/**
 * A mapped row, before its time is moved.
 *
 * @param time the row's own, epoch milliseconds
 * @param features by name: a string, a double, or a list of strings
 */
public record ReplayRow(
    String id, long time, boolean clicked, Optional<String> key, Map<String, Object> features) {}
