package io.freshet.join;

import io.freshet.event.Click;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the label of an impression is: 1 if an action happened within its window, or the sum of the
 * weights of those that did, at most 1.
 *
 * @param actions in the order in which state knows them, at most {@value #MAX_ACTIONS}: new ones go
 *     to the end; none where impressions say their labels
 * @param weights of the actions that the label counts, above 0
 */
public record LabelDefinition(List<Action> actions, Map<String, Float> weights)
    implements Serializable {
  public static final int MAX_ACTIONS = 8;

  /** Labels that impressions say themselves, so that no action is joined to them. */
  public static final LabelDefinition INLINE = new LabelDefinition(List.of(), Map.of());

  public LabelDefinition {
    actions = List.copyOf(new ArrayList<>(actions));
    weights = Map.copyOf(weights);
    if (!(actions.isEmpty() && weights.isEmpty())) {
      check(actions, weights);
    }
  }

  /** Whether a click came within the window. */
  public static LabelDefinition click(String topic, Duration window) {
    Action click = new Action(Click.CLICK, topic, window, Action.IMPRESSION, Duration.ZERO);
    return new LabelDefinition(List.of(click), Map.of(Click.CLICK, 1f));
  }

  /** How long after its impression an action may count at most. */
  public Duration window() {
    return Duration.ofMillis(new ActionRules(this).horizon());
  }

  /** Whether impressions say their labels. */
  public boolean isInline() {
    return actions.isEmpty();
  }

  /** Whether labels other than 0 and 1 may come out. */
  public boolean isFractional() {
    return weights.values().stream().anyMatch(w -> w < 1);
  }

  /** Whether more than one action counts. */
  public boolean isSum() {
    return weights.size() > 1;
  }

  /** The topics of the actions, each once. */
  public List<String> topics() {
    return actions.stream().map(Action::topic).distinct().toList();
  }

  /** The actions that a topic holds. */
  public List<Action> actionsOf(String topic) {
    return actions.stream().filter(a -> a.topic().equals(topic)).toList();
  }

  /** In one line, for people: {@code click within PT30M of the impression}. */
  public String toText() {
    if (isInline()) {
      return "as the impression says";
    }
    List<String> parts = new ArrayList<>();
    new TreeMap<>(weights).forEach((name, weight) -> parts.add(part(name, weight)));
    return isSum() || isFractional() ? "min(1, " + String.join(" + ", parts) + ")" : parts.get(0);
  }

  private String part(String name, float weight) {
    Action action = find(actions, name);
    String what = "%s within %s of the %s".formatted(name, action.window(), action.after());
    return isSum() || isFractional() ? "%s (%s)".formatted(weight, what) : what;
  }

  private static void check(List<Action> actions, Map<String, Float> weights) {
    if (actions.isEmpty() || actions.size() > MAX_ACTIONS) {
      throw new IllegalArgumentException(
          "there are %s actions; 1 to %s are right".formatted(actions.size(), MAX_ACTIONS));
    }
    Set<String> names = new HashSet<>();
    for (Action action : actions) {
      if (!names.add(action.name())) {
        throw new IllegalArgumentException("the action " + action.name() + " is named twice");
      }
    }
    for (Action action : actions) {
      if (!action.joinsToImpression() && !find(actions, action.after()).joinsToImpression()) {
        throw new IllegalArgumentException(
            "%s joins to %s, which does not join to the impression itself"
                .formatted(action.name(), action.after()));
      }
    }
    if (weights.isEmpty()) {
      throw new IllegalArgumentException("the label counts no action");
    }
    weights.forEach(
        (name, weight) -> {
          find(actions, name);
          if (!(weight > 0 && weight < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                "%s counts %s for the label; expected a finite weight above 0"
                    .formatted(name, weight));
          }
        });
  }

  private static Action find(List<Action> actions, String name) {
    return actions.stream()
        .filter(a -> a.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(name + " is not one of the actions"));
  }
}
