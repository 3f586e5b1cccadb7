package io.freshet.feature.history;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Click;
import io.freshet.feature.example.LabeledExample;
import java.util.HashMap;
import java.util.Map;

/**
 * Histories in memory and for one thread: what offline passes fill sequences from, as the job does.
 * The time of an example is its impression's, and a label above 0 is a click then.
 */
public final class LocalHistories {
  private final Histories histories;
  private final Map<String, Map<Integer, ActionHistory>> byUser = new HashMap<>();

  public LocalHistories(Histories histories) {
    this.histories = requireNonNull(histories, "histories");
  }

  /**
   * The example with its sequences; its click counts from then on. Examples come in the order of
   * time.
   */
  public LabeledExample next(LabeledExample example) {
    if (histories.isEmpty()) {
      return example;
    }
    String id = example.impressionId();
    Map<Integer, ActionHistory> known =
        byUser.getOrDefault(histories.user(id, example.example()), Map.of());
    LabeledExample filled =
        example.with(histories.filled(example.example(), example.time(), known::get));
    if (example.label() > 0) {
      histories.actions(id, example.example(), Click.CLICK, example.time()).forEach(this::add);
    }
    return filled;
  }

  private void add(UserAction action) {
    byUser
        .computeIfAbsent(action.user(), user -> new HashMap<>())
        .compute(
            action.sequence(), (sequence, before) -> histories.add(before, action, action.time()));
  }
}
