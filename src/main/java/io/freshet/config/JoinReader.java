package io.freshet.config;

import static io.freshet.config.ValueParser.duration;
import static io.freshet.config.ValueParser.name;
import static io.freshet.config.ValueParser.number;
import static io.freshet.config.ValueParser.oneOf;
import static io.freshet.config.ValueParser.text;

import io.freshet.event.Click;
import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabelSettings.LateClicks;
import io.freshet.feature.example.LabelSettings.Sampling;
import io.freshet.join.Action;
import io.freshet.join.BreakerSettings;
import io.freshet.join.JoinSettings;
import io.freshet.join.LabelDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads {@code join}: the window, which actions there are, what the label is, and the policy. */
final class JoinReader {
  private static final Map<String, LabelPolicy> POLICIES =
      Map.of(
          "wait", LabelPolicy.WAIT,
          "full-wait", LabelPolicy.FULL_WAIT,
          "fake-negative-weighted", LabelPolicy.FAKE_NEGATIVE_WEIGHTED,
          "fake-negative-calibration", LabelPolicy.FAKE_NEGATIVE_CALIBRATION,
          "short-wait", LabelPolicy.SHORT_WAIT);
  private static final Map<String, LateClicks> LATE_CLICKS =
      Map.of("drop", LateClicks.DROP, "correct", LateClicks.CORRECT);
  private static final Map<String, Sampling> SAMPLINGS =
      Map.of("log-odds", Sampling.LOG_ODDS, "weight", Sampling.WEIGHT);
  private static final Map<String, BreakerSettings.Action> HELD =
      Map.of(
          "hold", BreakerSettings.Action.HOLD,
          "dead-letters", BreakerSettings.Action.DEAD_LETTERS,
          "learn", BreakerSettings.Action.LEARN);
  private static final double LEAST_RATE = 1e-4;
  private static final double MAX_WEIGHT = 1e6;

  private final Section section;
  private final Section negatives;
  private final String clickTopic;

  private JoinReader(Section section, String clickTopic) {
    this.section = section;
    this.negatives = section.section("negatives");
    this.clickTopic = clickTopic;
  }

  /**
   * The settings.
   *
   * @param clickTopic of actions that name no topic
   * @param scoredShare of the impressions, from another section
   */
  static JoinSettings read(Section s, String clickTopic, double scoredShare) {
    JoinSettings d = JoinSettings.DEFAULT;
    JoinReader reader = new JoinReader(s, clickTopic);
    Duration window = s.get("window", d.window(), duration("1 ms", "366 d"));
    Duration outOfOrderness =
        s.get("out-of-orderness", d.outOfOrderness(), duration("0 ms", "366 d"));
    Duration idleness = s.get("idleness", d.idleness(), duration("1 ms", "366 d"));
    Duration timerBucket = s.get("timer-bucket", d.timerBucket(), duration("1 ms", "1 h"));
    Duration maxDrift = s.get("max-drift", d.maxDrift(), duration("1 s", "366 d"));
    BreakerSettings breaker = s.section("breaker").as(d.breaker(), JoinReader::breaker);
    Duration warmUp = s.get("warm-up", d.warmUp(), duration("0 ms", "366 d"));
    LabelDefinition definition =
        s.make(() -> reader.definition(window)).orElse(LabelDefinition.click(clickTopic, window));
    LabelSettings labels = s.as(d.labels(), (section, otherwise) -> reader.labels(otherwise));
    return s.make(
            () -> {
              reader.checkTogether(definition, labels);
              reader.note(definition, labels);
              return new JoinSettings(
                  outOfOrderness,
                  idleness,
                  timerBucket,
                  reader.warmUp(warmUp, definition),
                  definition,
                  labels,
                  scoredShare,
                  breaker,
                  maxDrift);
            })
        .orElse(d);
  }

  private static BreakerSettings breaker(Section s, BreakerSettings d) {
    return new BreakerSettings(
        s.get("enabled", d.enabled(), oneOf(Map.of("true", true, "false", false))),
        s.get("window", d.window(), duration("1 s", "1 d")),
        s.get("memory", d.memory(), duration("1 min", "366 d")),
        s.get("drop", (float) d.drop(), number(0.01, 0.99)),
        s.get("flood", (float) d.flood(), number(1.01, MAX_WEIGHT)),
        s.get("silence", d.silence(), duration("1 s", "1 d")),
        s.get("patience", d.patience(), duration("1 s", "366 d")),
        s.get("max-hold", d.maxHold(), duration("1 s", "366 d")),
        s.get("action", d.action(), oneOf(HELD)));
  }

  private LabelSettings labels(LabelSettings d) {
    return new LabelSettings(
        section.get("policy", d.policy(), oneOf(POLICIES)),
        section.get("short-wait", d.shortWait(), duration("1 ms", "1 d")),
        section.get("late-clicks", d.lateClicks(), oneOf(LATE_CLICKS)),
        negatives.get("rate", (float) d.negativeRate(), number(LEAST_RATE, 1)),
        negatives.get("correction", d.sampling(), oneOf(SAMPLINGS)),
        section.get("max-weight", d.maxWeight(), number(1, MAX_WEIGHT)));
  }

  private LabelDefinition definition(Duration window) {
    List<Action> actions = new ArrayList<>();
    if (section.has("actions")) {
      for (Section action : section.requireSections("actions")) {
        actions.add(action(action, window));
      }
    } else {
      section.known("actions");
      actions.addAll(LabelDefinition.click(clickTopic, window).actions());
    }
    checkActions(actions);
    return new LabelDefinition(actions, weights(actions));
  }

  private Action action(Section s, Duration window) {
    return new Action(
        s.require("name", text()).orElse("a nameless action"),
        s.get("topic", clickTopic, name()),
        s.get("window", window, duration("1 ms", "366 d")),
        s.get("after", Action.IMPRESSION, text()),
        s.get("idleness", Duration.ZERO, duration("0 ms", "366 d")));
  }

  private void checkActions(List<Action> actions) {
    Map<String, Action> byName = new LinkedHashMap<>();
    for (Action action : actions) {
      if (byName.put(action.name(), action) != null) {
        section.error("actions", action.name() + " is named twice");
      }
    }
    for (Action action : actions) {
      Action base = byName.get(action.after());
      boolean known = action.after().equals(Action.IMPRESSION) || base != null;
      if (!known || (base != null && !base.after().equals(Action.IMPRESSION))) {
        section.error(
            "actions",
            "%s joins after %s, which is neither impression nor an action that joins to it"
                .formatted(action.name(), action.after()));
      }
    }
  }

  private Map<String, Float> weights(List<Action> actions) {
    String first = actions.isEmpty() ? Click.CLICK : actions.get(0).name();
    if (!section.has("label")) {
      section.known("label");
      return Map.of(first, 1f);
    }
    Map<String, Float> weights = section.values("label", number(1e-6, 1));
    for (String name : new TreeMap<>(weights).keySet()) {
      if (actions.stream().noneMatch(action -> action.name().equals(name))) {
        section.error(
            "label",
            "%s is not one of the actions: %s"
                .formatted(name, String.join(", ", actions.stream().map(Action::name).toList())));
      }
    }
    return weights;
  }

  /** What the section comes to where that does not show in single keys. */
  private void note(LabelDefinition definition, LabelSettings labels) {
    if (labels.policy().fakesNegatives()) {
      negatives.noteNothing("correction");
    }
    if (!section.has("actions")) {
      section.note(
          "actions",
          definition.actions().stream()
              .map(
                  action ->
                      Map.of(
                          "name", action.name(),
                          "topic", action.topic(),
                          "window", Quantity.DURATION.text(action.window().toMillis()),
                          "after", action.after(),
                          "idleness", Quantity.DURATION.text(action.idleness().toMillis())))
              .map(TreeMap::new)
              .toList());
    }
    if (!section.has("label")) {
      Map<String, Object> label = new TreeMap<>();
      weights(definition.actions())
          .forEach((name, weight) -> label.put(name, ValueText.of(weight)));
      section.note("label", label);
    }
  }

  /** Unless it is given, as long as the default is in windows of the default. */
  private Duration warmUp(Duration given, LabelDefinition definition) {
    Duration window = definition.window();
    if (!section.has("warm-up")) {
      JoinSettings d = JoinSettings.DEFAULT;
      Duration windows = window.multipliedBy(d.warmUp().dividedBy(d.window()));
      section.note("warm-up", Quantity.DURATION.text(windows.toMillis()));
      return windows;
    }
    if (!given.isZero() && given.compareTo(window) < 0) {
      section.error("warm-up", "is below the window; give several windows, or 0 s for none");
      return Duration.ZERO;
    }
    return given;
  }

  /** What has to hold between the label and the policy, said where it can be changed. */
  private void checkTogether(LabelDefinition definition, LabelSettings labels) {
    boolean fractions = definition.isSum() || definition.isFractional();
    if (fractions && labels.policy().fakesNegatives()) {
      section.error(
          "policy",
          "cannot tell a label that is a sum of actions before it is final; give label one action"
              + " with 1, or policy wait or full-wait");
    }
    if (fractions && labels.negativeRate() < 1 && labels.sampling() == Sampling.LOG_ODDS) {
      section.error(
          "negatives.correction",
          "log-odds cannot be corrected where the label is a sum of actions; give weight");
    }
    if (labels.policy().fakesNegatives() && negatives.has("correction")) {
      section.error(
          "negatives.correction",
          "is for wait and full-wait: the others make up for sampled negatives themselves; leave it"
              + " out");
    }
    Duration window = definition.actions().get(0).window();
    if (labels.policy() == LabelPolicy.SHORT_WAIT && labels.shortWait().compareTo(window) >= 0) {
      section.error("short-wait", "is not below the window; give a few seconds");
    }
  }
}
