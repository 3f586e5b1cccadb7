package io.freshet.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Changes a configuration as a tree, so that what comes out is YAML of the right form with the
 * wrong contents: values of other kinds and sizes, keys that are missing, unknown or deeper, what
 * another form has for the same key, or for any.
 */
public final class TreeMutation {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String RAW = "raw-yaml-";

  /** Single values, each as text; what they stand for is decided by who reads them. */
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "\t",
          "0",
          "-0",
          "1",
          "-1",
          "1.5",
          "2147483647",
          "2147483648",
          "-2147483648",
          "999999999999999999",
          "9223372036854775808",
          "1e308",
          "1e309",
          "-1e38",
          "1e-320",
          "1e-999999999",
          "3.4028236e38",
          "NaN",
          ".nan",
          ".inf",
          "-Infinity",
          "0x7f",
          "1_000",
          "12:30:45",
          "true",
          "none",
          "never",
          "0 s",
          "1 ms",
          "30 min",
          "366 d",
          "3660 d",
          "999999999999999999 d",
          "1 B",
          "64 MB",
          "999999999 GB",
          "file:///",
          "file:/x",
          "file:///a b/%zz",
          "s3://bucket/../../x",
          "../../etc/passwd",
          "http://user:word@host/",
          "https://[::1",
          "localhost:99999",
          "%s%n%d",
          "${HOME}",
          "a.b.c",
          "user",
          "click",
          "\u0000",
          "\u202e\u2028",
          "\ud83d\ude00",
          "\ud83d",
          "x".repeat(250),
          "x".repeat(20_000),
          "9".repeat(5000),
          "k:1,".repeat(20_000) + "k:1");

  /** Pieces that a tree cannot hold. */
  private static final List<String> PIECES =
      List.of(
          "&a [*a, *a]",
          "*nobody",
          "!!javax.script.ScriptEngineManager [x]",
          "!!binary aGVsbG8=",
          "!!set {? a, ? b}",
          "{? [a]: b}",
          "{a: 1, a: 2}",
          "[".repeat(500) + "]".repeat(500),
          "{a: ".repeat(40) + "1" + "}".repeat(40),
          "{<<: {a: 1}}",
          "2026-01-01",
          "~",
          "'it''s'",
          "0o17");

  private static final List<String> KEYS =
      List.of("", "windw", "from", "kind", "name", "a.b", "0", "\u00e9", "k k", "y".repeat(900));

  private final Random random;
  private final List<JsonNode> forms;
  private final List<Place> pieces = new ArrayList<>();

  /**
   * @param forms configurations that are sound
   */
  public TreeMutation(List<String> forms, Random random) {
    this.random = random;
    this.forms = forms.stream().map(TreeMutation::tree).toList();
    this.forms.forEach(form -> pieces.addAll(places(form)));
  }

  private static JsonNode tree(String yaml) {
    try {
      return new YAMLMapper().readTree(yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One of the forms, changed in one place or two. */
  public String next() {
    JsonNode form = forms.get(random.nextInt(forms.size())).deepCopy();
    List<String> raw = new ArrayList<>();
    for (int times = 1 + random.nextInt(2); times > 0; times--) {
      List<Place> places = places(form);
      if (!places.isEmpty()) {
        change(places.get(random.nextInt(places.size())), raw);
      }
    }
    String yaml = form.toPrettyString();
    for (int i = 0; i < raw.size(); i++) {
      yaml = yaml.replace('"' + RAW + i + '"', raw.get(i));
    }
    return yaml;
  }

  /** An option of the command line: the key of a place in one of the forms, and any value. */
  public String option() {
    JsonNode at = forms.get(random.nextInt(forms.size()));
    StringBuilder path = new StringBuilder();
    while (at instanceof ObjectNode object
        && !at.isEmpty()
        && (path.isEmpty() || random.nextInt(3) > 0)) {
      List<String> keys = new ArrayList<>();
      object.fieldNames().forEachRemaining(keys::add);
      String key = random.nextInt(12) > 0 ? pick(keys) : pick(KEYS);
      path.append(path.isEmpty() ? "" : ".").append(key);
      at = object.path(key);
    }
    String value = random.nextInt(3) > 0 ? pick(TEXTS) : pick(PIECES);
    return path + (random.nextInt(20) > 0 ? "=" : " ") + value;
  }

  private void change(Place place, List<String> raw) {
    switch (random.nextInt(12)) {
      case 0 -> place.remove();
      case 1 -> place.rename(pick(KEYS));
      case 2 -> place.set(JSON.arrayNode().add(place.value()).add(place.value()));
      case 3 -> place.set(JSON.objectNode().set(pick(KEYS), place.value()));
      case 4 -> place.set(pieces.get(random.nextInt(pieces.size())).value().deepCopy());
      case 5, 6, 7 -> {
        List<Place> alike = pieces.stream().filter(p -> p.key().equals(place.key())).toList();
        if (!alike.isEmpty()) { // a key that was changed before is in no form
          place.set(alike.get(random.nextInt(alike.size())).value().deepCopy());
        }
      }
      case 8 -> {
        raw.add(pick(PIECES));
        place.set(JSON.textNode(RAW + (raw.size() - 1)));
      }
      default -> place.set(JSON.textNode(pick(TEXTS)));
    }
  }

  private String pick(List<String> texts) {
    return texts.get(random.nextInt(texts.size()));
  }

  private static List<Place> places(JsonNode tree) {
    List<Place> places = new ArrayList<>();
    if (tree instanceof ObjectNode object) {
      object
          .fieldNames()
          .forEachRemaining(
              key -> {
                places.add(new Place(object, key, 0));
                places.addAll(places(object.get(key)));
              });
    } else if (tree instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        places.add(new Place(array, "", i));
        places.addAll(places(array.get(i)));
      }
    }
    return places;
  }

  /** A value in a mapping, by its key, or in a list, by its index. */
  private record Place(JsonNode parent, String key, int index) {
    JsonNode value() {
      return parent instanceof ObjectNode object ? object.get(key) : parent.get(index);
    }

    void set(JsonNode value) {
      if (parent instanceof ObjectNode object) {
        object.set(key, value);
      } else {
        ((ArrayNode) parent).set(index, value);
      }
    }

    void remove() {
      if (parent instanceof ObjectNode object) {
        object.remove(key);
      } else {
        ((ArrayNode) parent).remove(index);
      }
    }

    void rename(String other) {
      if (parent instanceof ObjectNode object) {
        JsonNode value = object.remove(key);
        object.set(other, value);
      } else {
        ((ArrayNode) parent).insert(index, other);
      }
    }
  }
}
