package io.freshet.cli.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.config.option.Option;
import io.freshet.config.option.Option.Choice;
import io.freshet.config.option.Option.Entries;
import io.freshet.config.option.Option.Group;
import io.freshet.config.option.Option.Groups;
import io.freshet.config.option.Option.Value;
import io.freshet.config.option.Option.Values;
import io.freshet.config.option.Option.Variant;
import io.freshet.config.option.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The JSON Schema of a configuration, by which editors complete and check it.
 *
 * <p>A kind brings keys of its own: for each there is an {@code if} on its name, whose {@code then}
 * lists all keys that may stand next to it.
 */
final class ConfigSchema {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  /** As long as a line of the schema may be. */
  private static final int WIDTH = 120;

  private static final String REFERENCE = "reference";

  private ConfigSchema() {}

  static String of(List<Option> options) {
    ObjectNode schema = JSON.createObjectNode();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "Freshet learner");
    schema.put("description", "The configuration of a learner.");
    schema.put("type", "object");
    addKeys(schema, options, List.of());
    schema
        .putObject("$defs")
        .putObject(REFERENCE)
        .put("description", "A value that an environment variable or a file holds.")
        .put("type", "string")
        .put("pattern", "\\$\\{(env|file):");
    StringBuilder text = new StringBuilder();
    write(schema, "", text);
    return text.append('\n').toString();
  }

  /**
   * Adds the keys of a mapping.
   *
   * @param outer those that another part of the schema describes
   */
  private static void addKeys(ObjectNode schema, List<Option> options, List<String> outer) {
    ObjectNode properties = JSON.createObjectNode();
    outer.forEach(key -> properties.put(key, true));
    options.forEach(option -> properties.set(option.key(), option(option)));
    List<String> keys = new ArrayList<>(outer);
    options.forEach(option -> keys.add(option.key()));
    List<Option> choices = options.stream().filter(o -> o.content() instanceof Choice).toList();
    if (choices.isEmpty()) {
      schema.put("additionalProperties", false);
    }
    schema.set("properties", properties);
    List<String> needed = options.stream().filter(Option::isNeeded).map(Option::key).toList();
    if (!needed.isEmpty()) {
      schema.set("required", JSON.valueToTree(needed));
    }
    for (Option choice : choices) {
      ArrayNode all = schema.withArray("allOf");
      ((Choice) choice.content()).variants().forEach(v -> all.add(ifKind(choice, v, keys)));
    }
  }

  private static ObjectNode ifKind(Option choice, Variant variant, List<String> keys) {
    ObjectNode is = JSON.createObjectNode();
    is.putObject("properties").putObject(choice.key()).put("const", variant.name());
    if (!choice.otherwise().equals(Optional.of(variant.name()))) {
      is.putArray("required").add(choice.key());
    }
    ObjectNode then = JSON.createObjectNode();
    then.put("description", variant.sentence());
    addKeys(then, variant.options(), keys);
    ObjectNode implication = JSON.createObjectNode();
    implication.set("if", is);
    implication.set("then", then);
    return implication;
  }

  private static ObjectNode option(Option option) {
    ObjectNode schema = JSON.createObjectNode();
    schema.put("description", description(option));
    Option.Content content = option.content();
    if (content instanceof Value value) {
      addType(schema, value.type());
    } else if (content instanceof Values values) {
      addList(schema, values.atLeast()).set("items", typed(values.type()));
    } else if (content instanceof Entries entries) {
      schema.set("type", JSON.valueToTree(List.of("object", "null")));
      schema.set("additionalProperties", typed(entries.type()));
      if (!entries.refused().isEmpty()) {
        schema
            .putObject("propertyNames")
            .putObject("not")
            .set("enum", JSON.valueToTree(entries.refused()));
      }
    } else if (content instanceof Group group) {
      schema.set(
          "type", JSON.valueToTree(option.isNeeded() ? "object" : List.of("object", "null")));
      addKeys(schema, group.options(), List.of());
    } else if (content instanceof Groups groups) {
      ObjectNode item = JSON.createObjectNode().put("type", "object");
      addKeys(item, groups.options(), List.of());
      addList(schema, groups.atLeast()).set("items", item);
    } else if (content instanceof Choice choice) {
      ObjectNode names = JSON.createObjectNode();
      names.set("enum", JSON.valueToTree(choice.variants().stream().map(Variant::name).toList()));
      addOrReference(schema, names);
    }
    option.otherwise().ifPresent(value -> schema.set("default", JSON.valueToTree(value)));
    return schema;
  }

  /** The sentence, and the range where the schema has no words for it. */
  private static String description(Option option) {
    boolean isQuantity =
        option.content() instanceof Value value
            && value.type().phrase().contains("(number and unit");
    return isQuantity
        ? option.sentence() + " Expected: " + ((Value) option.content()).type().phrase() + "."
        : option.sentence();
  }

  private static ObjectNode addList(ObjectNode schema, int atLeast) {
    schema.put("type", "array");
    return atLeast > 0 ? schema.put("minItems", atLeast) : schema;
  }

  private static ObjectNode typed(ValueType<?> type) {
    ObjectNode schema = JSON.createObjectNode();
    addType(schema, type);
    return schema;
  }

  private static void addType(ObjectNode schema, ValueType<?> type) {
    ObjectNode of = JSON.valueToTree(type.schema());
    if (type.isLate()) {
      schema.setAll(of); // any text
    } else {
      addOrReference(schema, of);
    }
  }

  private static void addOrReference(ObjectNode schema, ObjectNode type) {
    JsonNode any = type.path("anyOf");
    ArrayNode types = schema.putArray("anyOf");
    types.addAll(any.isArray() ? (ArrayNode) any : JSON.createArrayNode().add(type));
    types.addObject().put("$ref", "#/$defs/" + REFERENCE);
  }

  /** On one line what fits, else one line for each entry. */
  private static void write(JsonNode node, String indent, StringBuilder to) {
    String line = node.toString();
    if (!node.isContainerNode() || indent.length() + line.length() <= WIDTH) {
      to.append(line);
      return;
    }
    String separator = "";
    to.append(node.isObject() ? '{' : '[');
    for (JsonNode child : node.isObject() ? List.<JsonNode>of() : node) {
      to.append(separator).append('\n').append(indent).append("  ");
      write(child, indent + "  ", to);
      separator = ",";
    }
    for (var property : node.properties()) {
      to.append(separator).append('\n').append(indent).append("  \"");
      to.append(property.getKey()).append("\": ");
      write(property.getValue(), indent + "  ", to);
      separator = ",";
    }
    to.append('\n').append(indent).append(node.isObject() ? '}' : ']');
  }
}
