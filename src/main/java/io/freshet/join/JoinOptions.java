package io.freshet.join;

import static io.freshet.config.option.ValueType.duration;
import static io.freshet.config.option.ValueType.name;
import static io.freshet.config.option.ValueType.number;
import static io.freshet.config.option.ValueType.text;

import io.freshet.config.option.Quantity;
import io.freshet.config.option.Section;
import io.freshet.event.Click;
import io.freshet.feature.example.LabelOptions;
import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabelSettings.Sampling;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The options of the section {@code join}, and what has to hold between them. */
public final class JoinOptions {
  private static final Duration WINDOW = Duration.ofMinutes(30);
  private static final int WARM_UP_WINDOWS = 8;

  /** The options that say how actions become labels. */
  private static final List<String> OF_ACTIONS =
      List.of(
          "window",
          "warm-up",
          "actions",
          "label",
          "policy",
          "short-wait",
          "late-clicks",
          "breaker");

  private final Section section;
  private final String clickTopic;

  private JoinOptions(Section section, String clickTopic) {
    this.section = section;
    this.clickTopic = clickTopic;
  }

  /**
   * The settings.
   *
   * @param clickTopic of actions that name no topic
   * @param isInline whether impressions say their labels, so that nothing is joined
   * @param scoredShare of the impressions, from another section
   */
  public static JoinSettings read(
      Section s, String clickTopic, boolean isInline, double scoredShare) {
    JoinOptions options = new JoinOptions(s, clickTopic);
    JoinSettings settings = options.read(scoredShare);
    return isInline ? options.inline(settings) : settings;
  }

  private JoinSettings inline(JoinSettings settings) {
    for (String key : OF_ACTIONS) {
      section.noteNothing(key);
      if (section.has(key)) {
        section.error(
            key,
            "not used, as impressions say their labels (events.impressions.label): leave it out");
      }
    }
    return settings
        .withWarmUp(Duration.ZERO)
        .withDefinition(LabelDefinition.INLINE)
        .withBreaker(settings.breaker().disabled());
  }

  private JoinSettings read(double scoredShare) {
    Duration window =
        section
            .option("window", "How long after its impression a click counts, in event time.")
            .get(duration("1 ms", "366 d"), WINDOW);
    Duration outOfOrderness =
        section
            .option("out-of-orderness", "How late a record may be, in event time.")
            .get(duration("0 ms", "366 d"), Duration.ofSeconds(30));
    Duration idleness =
        section
            .option(
                "idleness",
                "After how long without records a partition of impressions no longer holds back the"
                    + " watermark.")
            .get(duration("1 ms", "366 d"), Duration.ofMinutes(1));
    Duration timerBucket =
        section
            .option("timer-bucket", "Timers are rounded up to a multiple of it.")
            .get(duration("1 ms", "1 h"), Duration.ofSeconds(1));
    Duration maxDrift =
        section
            .option(
                "max-drift",
                "How far ahead of the slowest partition any partition is read, in event time. At"
                    + " most five times as much event time passes in a second.")
            .get(duration("1 s", "366 d"), Duration.ofMinutes(5));
    BreakerSettings breaker =
        section.section(
            "breaker",
            BreakerOptions::read,
            "What happens when clicks do not come as they should: event time stops in the join, and"
                + " nothing is learned or published.");
    LabelDefinition definition =
        section
            .make(() -> definition(window))
            .orElseGet(() -> LabelDefinition.click(clickTopic, window));
    Duration warmUp = warmUp(definition);
    LabelSettings labels =
        section.make(() -> LabelOptions.read(section)).orElse(LabelSettings.DEFAULT);
    checkTogether(definition, labels);
    return new JoinSettings(
        outOfOrderness,
        idleness,
        timerBucket,
        warmUp,
        definition,
        labels,
        scoredShare,
        breaker,
        maxDrift);
  }

  private LabelDefinition definition(Duration window) {
    List<Action> actions =
        section.sections(
            "actions",
            1,
            action -> action(action, window),
            "What people do with what is shown, at most 8 actions. State knows them by their order:"
                + " add new ones at the end. Clicks are the only action by default.");
    if (!section.has("actions")) {
      actions = LabelDefinition.click(clickTopic, window).actions();
      section.note("actions", actions.stream().map(JoinOptions::shown).toList());
    }
    checkActions(actions);
    return new LabelDefinition(actions, weights(actions));
  }

  private Action action(Section s, Duration window) {
    return new Action(
        s.option("name", "Name of the action, as in its records.")
            .require(text())
            .orElse("a nameless action"),
        s.option(
                "topic",
                "Topic that holds the action; `kafka.topics.clicks` by default. Records of a topic"
                    + " of several actions name theirs.")
            .derived(name(), clickTopic),
        s.option("window", "How long the action counts; `join.window` by default.")
            .derived(duration("1 ms", "366 d"), window),
        s.option("after", "What it joins to: impression, or an action that does.")
            .get(text(), Action.IMPRESSION),
        s.option(
                "idleness",
                "After how long without records a partition of the topic no longer holds back the"
                    + " watermark; 0 s for never, which is right where silence means a failure.")
            .get(duration("0 ms", "366 d"), Duration.ZERO));
  }

  private void checkActions(List<Action> actions) {
    Map<String, Action> byName = new LinkedHashMap<>();
    for (Action action : actions) {
      if (byName.put(action.name(), action) != null) {
        section.error("actions", "duplicate name " + action.name());
      }
    }
    for (Action action : actions) {
      Action base = byName.get(action.after());
      if (!action.joinsToImpression() && (base == null || !base.joinsToImpression())) {
        section.error(
            "actions",
            "%s joins after %s; expected impression or an action that joins to it"
                .formatted(action.name(), action.after()));
      }
    }
  }

  private Map<String, Float> weights(List<Action> actions) {
    Map<String, Float> weights =
        section.entries(
            "label",
            number(1e-6, 1),
            Map.of(),
            "The actions that the label counts, each with its share: one action with 1, or, under"
                + " wait and full-wait, a sum that is at most 1. The first action with 1 by"
                + " default.");
    if (!section.has("label")) {
      String first = actions.isEmpty() ? Click.CLICK : actions.get(0).name();
      section.note("label", Map.of(first, 1));
      return Map.of(first, 1f);
    }
    List<String> names = actions.stream().map(Action::name).toList();
    for (String name : new TreeMap<>(weights).keySet()) {
      if (!names.contains(name)) {
        section.error(
            "label",
            "%s is not an action; expected one of: %s".formatted(name, String.join(", ", names)));
      }
    }
    return weights;
  }

  private static Map<String, String> shown(Action action) {
    return new TreeMap<>(
        Map.of(
            "name", action.name(),
            "topic", action.topic(),
            "window", Quantity.text(action.window()),
            "after", action.after(),
            "idleness", Quantity.text(action.idleness())));
  }

  private Duration warmUp(LabelDefinition definition) {
    Duration window = definition.window();
    Duration warmUp =
        section
            .option(
                "warm-up",
                "How long positives are held back at the start of a stream under policy wait,"
                    + " because the first window would show the learner nothing else: first to the"
                    + " window's end, then less and less. 0 s for not at all; 8 windows by"
                    + " default.")
            .derived(duration("0 ms", "366 d"), window.multipliedBy(WARM_UP_WINDOWS));
    if (!warmUp.isZero() && warmUp.compareTo(window) < 0) {
      section.error("warm-up", "below the window; give several windows, or 0 s for none");
      return Duration.ZERO;
    }
    return warmUp;
  }

  /** What has to hold between the label and the policy, reported where it can be changed. */
  private void checkTogether(LabelDefinition definition, LabelSettings labels) {
    boolean fractions = definition.isSum() || definition.isFractional();
    if (fractions && labels.policy().fakesNegatives()) {
      section.error(
          "policy",
          "cannot emit a label that is a sum of actions before it is final; give label one action"
              + " with 1, or policy wait or full-wait");
    }
    if (fractions && labels.negativeRate() < 1 && labels.sampling() == Sampling.LOG_ODDS) {
      section.error(
          "negatives.correction",
          "log-odds cannot be corrected where the label is a sum of actions; expected weight");
    }
    Duration window = definition.actions().get(0).window();
    if (labels.policy() == LabelPolicy.SHORT_WAIT && labels.shortWait().compareTo(window) >= 0) {
      section.error("short-wait", "not below the window; give a few seconds");
    }
  }
}
