package io.freshet.config.option;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.freshet.config.option.Node.Entry;
import io.freshet.config.option.Node.Mapping;
import io.freshet.config.option.Node.Scalar;
import io.freshet.config.option.Node.Sequence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Reads one YAML document into {@link Node}s.
 *
 * <p>Only what a configuration needs is read: mappings, lists and single values. Anchors, aliases
 * and tags are refused, so no input can grow while it is read and no class is ever named by it;
 * size and depth are limited. Single values stay text: what a value means is decided by who asks
 * for it. No message quotes the document, since it may hold secrets.
 */
final class YamlTree {
  /** Characters of a document at most. */
  static final int MAX_LENGTH = 1 << 20;

  private static final int MAX_DEPTH = 32;
  private static final YAMLFactory YAML =
      YAMLFactory.builder()
          .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  private final YAMLParser parser;
  private final Function<JsonLocation, Place> places;
  private final Problems problems;

  private YamlTree(YAMLParser parser, Function<JsonLocation, Place> places, Problems problems) {
    this.parser = parser;
    this.places = places;
    this.problems = problems;
  }

  /** The document; an absent scalar when there is none, or when it is no YAML. */
  static Node document(String yaml, String source, Problems problems) {
    return read(yaml, at -> new Place(source, at.getLineNr(), at.getColumnNr()), problems);
  }

  /** The value of an option, all of it at that option's place. */
  static Node value(String yaml, Place option, Problems problems) {
    return read(yaml, at -> option, problems);
  }

  private static Node read(String yaml, Function<JsonLocation, Place> places, Problems problems) {
    Node nothing = Scalar.absent(places.apply(new JsonLocation(null, 0, 1, 1)));
    if (yaml.length() > MAX_LENGTH) {
      problems.error(nothing.place(), "", "longer than " + MAX_LENGTH + " characters");
      return nothing;
    }
    try (YAMLParser parser = YAML.createParser(yaml)) {
      return new YamlTree(parser, places, problems).root(nothing);
    } catch (JsonProcessingException e) {
      Place place = e.getLocation() == null ? nothing.place() : places.apply(e.getLocation());
      problems.error(place, "", "not YAML: " + reason(e));
      return nothing;
    } catch (IOException e) {
      throw new UncheckedIOException("reading text in memory", e);
    }
  }

  /** What is wrong, without the excerpt of the document that the exceptions hold. */
  private static String reason(JsonProcessingException e) {
    return e.getCause() instanceof MarkedYAMLException marked
        ? marked.getProblem()
        : e.getOriginalMessage().lines().findFirst().orElse("");
  }

  private Node root(Node nothing) throws IOException {
    if (parser.nextToken() == null) {
      return nothing;
    }
    Node root = node();
    if (parser.nextToken() != null) {
      problems.error(place(), "", "a second document; expected only one");
    }
    return root;
  }

  private Node node() throws IOException {
    refuseReferences();
    Place place = place();
    return switch (parser.currentToken()) {
      case START_OBJECT -> mapping(place);
      case START_ARRAY -> sequence(place);
      case VALUE_NULL -> Scalar.absent(place);
      default -> new Scalar(place, parser.getText(), false);
    };
  }

  private void refuseReferences() throws IOException {
    if (parser.isCurrentAlias()) {
      problems.error(place(), "", "an alias is not allowed; write the value itself");
    } else if (parser.getObjectId() != null) {
      problems.error(place(), "", "an anchor is not allowed; leave it out");
    }
    if (parser.getTypeId() != null) {
      problems.error(place(), "", "a tag is not allowed; leave it out");
    }
  }

  private Mapping mapping(Place place) throws IOException {
    Map<String, Entry> entries = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      Place keyPlace = place();
      parser.nextToken();
      Entry before = entries.putIfAbsent(key, new Entry(keyPlace, node()));
      if (before != null) {
        problems.error(
            keyPlace,
            "",
            "duplicate key " + Secrets.key("", key) + "; the first is at " + before.keyPlace());
      }
    }
    return new Mapping(place, entries);
  }

  private Sequence sequence(Place place) throws IOException {
    List<Node> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node());
    }
    return new Sequence(place, items);
  }

  private Place place() {
    return places.apply(parser.currentTokenLocation());
  }
}
