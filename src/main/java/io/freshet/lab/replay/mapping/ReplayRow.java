package io.freshet.lab.replay.mapping;

import java.util.Map;
import java.util.Optional;

/**
 * What becomes of one row, before its time is moved.
 *
 * @param id names the impression
 * @param time the row's own, epoch milliseconds
 * @param clicked its label
 * @param key decides the partition
 * @param features by name: a string, a double, or a list of strings
 */
public record ReplayRow(
    String id, long time, boolean clicked, Optional<String> key, Map<String, Object> features) {}
