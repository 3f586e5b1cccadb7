package io.freshet.config.option;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A piece of YAML that knows where it was written. */
sealed interface Node {
  Place place();

  /** What a user would call it. */
  String sort();

  /**
   * A single value, as it was written.
   *
   * @param absent nothing was written, or {@code ~} or {@code null}
   */
  record Scalar(Place place, String text, boolean absent) implements Node {
    static Scalar absent(Place place) {
      return new Scalar(place, "", true);
    }

    @Override
    public String sort() {
      return absent ? "no value" : "a single value";
    }
  }

  /** Values in order. */
  record Sequence(Place place, List<Node> items) implements Node {
    @Override
    public String sort() {
      return "a list";
    }
  }

  /** Keys and values; {@link Overrides} put more into it. */
  record Mapping(Place place, Map<String, Entry> entries) implements Node {
    static Mapping empty(Place place) {
      return new Mapping(place, new LinkedHashMap<>());
    }

    @Override
    public String sort() {
      return "a mapping";
    }

    /** Where the value of a key, or of {@code key.key…}, stands, or the nearest around it. */
    Place place(String key) {
      int dot = key.indexOf('.');
      if (entries.containsKey(key)) {
        return entries.get(key).value().place();
      } else if (dot < 0 || !entries.containsKey(key.substring(0, dot))) {
        return place;
      }
      Node next = entries.get(key.substring(0, dot)).value();
      return next instanceof Mapping m ? m.place(key.substring(dot + 1)) : next.place();
    }
  }

  /** A value and where its key stands. */
  record Entry(Place keyPlace, Node value) {}
}
