package io.freshet.event.decode;

import io.freshet.event.mapping.ValuePath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is wanted of a record, as a tree of the names that lead there. */
final class PathTree {
  private final String path;
  private final Map<String, PathTree> children = new HashMap<>();
  private final List<EventKey> keys = new ArrayList<>();
  private final List<Integer> features = new ArrayList<>();
  private PathTree elements; // of a list; null where those are no part of any path

  PathTree() {
    this("");
  }

  private PathTree(String path) {
    this.path = path;
  }

  /** What is wanted at a path. */
  PathTree at(ValuePath to) {
    PathTree at = this;
    for (ValuePath.Step step : to.steps()) {
      at = step.isEach() ? at.each() : at.child(step.name());
    }
    return at;
  }

  /** What is wanted below a name. */
  PathTree child(String name) {
    return children.computeIfAbsent(name, n -> new PathTree(path.isEmpty() ? n : path + '.' + n));
  }

  private PathTree each() {
    if (elements == null) {
      elements = new PathTree(path + "[]");
    }
    return elements;
  }

  void add(EventKey key) {
    keys.add(key);
  }

  void add(int feature) {
    features.add(feature);
  }

  /** For messages. */
  String path() {
    return path;
  }

  /** What is wanted below a name; null for nothing. */
  PathTree find(String name) {
    return children.get(name);
  }

  boolean hasChildren() {
    return !children.isEmpty();
  }

  /** What is wanted of each element; null for nothing. */
  PathTree elements() {
    return elements;
  }

  List<EventKey> keys() {
    return keys;
  }

  List<Integer> features() {
    return features;
  }

  /** The features here and below. */
  List<Integer> allFeatures() {
    List<Integer> all = new ArrayList<>(features);
    children.values().forEach(child -> all.addAll(child.allFeatures()));
    if (elements != null) {
      all.addAll(elements.allFeatures());
    }
    return all;
  }
}
