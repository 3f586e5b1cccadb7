package io.freshet.model;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Sizes that only some kinds of model have, by the keys of the configuration: whole numbers from 0.
 * What is empty or 0 is as if it were not there.
 */
public record Sizes(Map<String, List<Integer>> lists) implements Serializable {
  private static final String SEPARATOR = "/";

  public static final Sizes NONE = new Sizes(Map.of());

  public Sizes {
    TreeMap<String, List<Integer>> sorted = new TreeMap<>();
    lists.forEach((key, list) -> sorted.put(key, List.copyOf(list)));
    sorted.values().removeIf(list -> list.isEmpty() || list.equals(List.of(0)));
    lists = Collections.unmodifiableMap(sorted);
  }

  /** A single size; 0 where there is none. */
  public int of(String key) {
    List<Integer> list = list(key);
    return list.isEmpty() ? 0 : list.get(0);
  }

  public List<Integer> list(String key) {
    return lists.getOrDefault(key, List.of());
  }

  public boolean isEmpty() {
    return lists.isEmpty();
  }

  /** Written out: {@code experts=4/low-rank=32}. */
  public String text() {
    return lists.entrySet().stream()
        .map(e -> e.getKey() + "=" + text(e.getValue()))
        .collect(Collectors.joining(SEPARATOR));
  }

  /** Reads what {@link #text()} wrote. */
  public static Sizes parse(String text) {
    Map<String, List<Integer>> lists = new TreeMap<>();
    for (String pair : text.isEmpty() ? new String[0] : text.split(SEPARATOR)) {
      String[] parts = pair.split("=", 2);
      if (parts.length != 2) {
        throw new IllegalArgumentException("not the sizes of a model: " + text);
      }
      lists.put(parts[0], Arrays.stream(parts[1].split(",")).map(Integer::valueOf).toList());
    }
    return new Sizes(lists);
  }

  private static String text(List<Integer> list) {
    return list.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
