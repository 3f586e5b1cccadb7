package io.freshet.feature.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.Click;
import io.freshet.event.Decoded;
import io.freshet.event.FeatureValues;
import io.freshet.feature.CategoricalField;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.MultiField;
import io.freshet.feature.SequenceField;
import io.freshet.feature.SequenceField.History;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.ValueHash;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.RecordedId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HistoriesTest {
  private static final int ITEMS = 3; // number of the sequence of items
  private static final int TAGS = 5;
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(
              new CategoricalField("user", 1),
              new CategoricalField("item", 2),
              sequence("recent", ITEMS, "item", 3, List.of("click"), 1_000),
              new MultiField("tags", 4),
              sequence("read", TAGS, "tags", 4, List.of("click", "like"), 50)),
          "user");
  private static final ExampleEncoder ENCODER = new ExampleEncoder(SCHEMA);

  private final Histories histories = Histories.of(SCHEMA);
  private final Map<Integer, ActionHistory> known = new TreeMap<>();

  @Test
  void usageExample() {
    act("i1", example("u", "a", List.of()), Click.CLICK, 10);
    act("i2", example("u", "b", List.of()), Click.CLICK, 20);

    Example filled = histories.filled(example("u", "c", List.of()), 30, known::get);

    assertThat(values(filled, ITEMS)).containsExactly("b", "a");
    assertThat(filled.values()).containsExactly(1, 1, 1, .5f, .5f, 1, 1);
  }

  @Test
  void onlyWhatWasStrictlyBeforeCountsAndNotForever() {
    act("i1", example("u", "a", List.of()), Click.CLICK, 10);

    assertThat(values(filledAt(10), ITEMS)).isEmpty();
    assertThat(values(filledAt(11), ITEMS)).containsExactly("a");
    assertThat(values(filledAt(1_010), ITEMS)).containsExactly("a");
    assertThat(values(filledAt(1_011), ITEMS)).isEmpty();
  }

  @Test
  void eachSequenceHasItsActionsAndAllValuesOfThem() {
    act("i1", example("u", "a", List.of("x", "y")), Click.CLICK, 10);
    act("i2", example("u", "b", List.of("z")), "like", 11);
    act("i3", example("u", "c", List.of("w")), "hide", 12);

    assertThat(values(filledAt(20), ITEMS)).containsExactly("a");
    assertThat(values(filledAt(20), TAGS)).startsWith("z").containsOnly("z", "x", "y");
  }

  @Test
  void whatTheEventCarriesStays() {
    act("i1", example("u", "a", List.of()), Click.CLICK, 10);
    FeatureValues values =
        FeatureValues.of(ENCODER.names(), Map.of("user", "u", "recent", List.of("q", "r")));

    Example filled = histories.filled(Decoded.good(ENCODER.encode(values)), 20, known::get);

    assertThat(values(filled, ITEMS)).containsExactly("q", "r");
  }

  @Test
  void withoutAUserThereIsNoHistory() {
    Example unknown =
        Decoded.good(ENCODER.encode(FeatureValues.of(ENCODER.names(), Map.of("item", "a"))));

    assertThat(histories.actions("i", unknown, Click.CLICK, 1)).isEmpty();
    assertThat(histories.user("i", unknown)).isNotEqualTo(histories.user("j", unknown));
  }

  @Test
  void passesOverARecordingHaveHistoriesOfTheirOwnAndTheLastGoesOn() {
    Example example = example("u", "a", List.of());

    assertThat(histories.user(new RecordedId(1, 500, "i").text(), example))
        .isNotEqualTo(histories.user("i", example));
    assertThat(histories.user(new RecordedId(2, 0, "i").text(), example))
        .isEqualTo(histories.user("i", example));
  }

  @Test
  void aUserTakesNoMoreThanTheLengthAndTheMargin() {
    for (int i = 0; i < 3_000; i++) {
      act("i" + i, example("u", "a" + i, List.of()), Click.CLICK, i);
    }

    assertThat(known.get(ITEMS).size()).isEqualTo(3 + Histories.MARGIN);
    assertThat(values(filledAt(3_000), ITEMS)).containsExactly("a2999", "a2998", "a2997");
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void offlineSequencesAreThoseOfAListOfAllClicks(long seed) {
    Random random = new Random(seed);
    List<LabeledExample> stream = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      stream.add(
          new LabeledExample(
              "i" + i,
              random.nextInt(3_000),
              random.nextInt(2),
              1,
              example("u" + random.nextInt(3), "a" + random.nextInt(6), List.of())));
    }
    stream.sort(Comparator.comparingLong(LabeledExample::time));
    LocalHistories local = new LocalHistories(histories);

    for (LabeledExample example : stream) {
      List<Long> expected = new ArrayList<>();
      stream.stream()
          .filter(e -> e.label() > 0 && e.example().user() == example.example().user())
          .filter(e -> e.time() < example.time() && e.time() >= example.time() - 1_000)
          .sorted(
              Comparator.comparingLong(LabeledExample::time)
                  .thenComparingLong(e -> item(e.example()))
                  .reversed())
          .limit(3)
          .forEach(e -> expected.add(item(e.example())));

      assertThat(hashes(local.next(example).example(), ITEMS))
          .as("seed %s, %s", seed, example.impressionId())
          .isEqualTo(expected.isEmpty() ? List.of(0L) : expected);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void theOrderInWhichActionsComeDoesNotMatter(long seed) {
    List<UserAction> actions = new ArrayList<>();
    Random random = new Random(seed);
    for (int i = 0; i < 40; i++) {
      actions.add(new UserAction("u", ITEMS, random.nextInt(20), random.nextInt(9)));
    }

    ActionHistory inOrder = added(actions);
    Collections.shuffle(actions, random);

    assertThat(added(actions)).as("seed %s", seed).usingRecursiveComparison().isEqualTo(inOrder);
  }

  private ActionHistory added(List<UserAction> actions) {
    ActionHistory history = null;
    for (UserAction action : actions) {
      history = histories.add(history, action, Long.MIN_VALUE);
    }
    return history;
  }

  private static SequenceField sequence(
      String name, int number, String of, int length, List<String> actions, long expireAfter) {
    return new SequenceField(name, number, of, length, Pooling.MEAN)
        .withHistory(new History("user", of, actions, expireAfter));
  }

  private static Example example(String user, String item, List<String> tags) {
    FeatureValues values =
        FeatureValues.of(ENCODER.names(), Map.of("user", user, "item", item, "tags", tags));
    return Decoded.good(ENCODER.encode(values));
  }

  private void act(String id, Example example, String action, long time) {
    for (UserAction each : histories.actions(id, example, action, time)) {
      known.put(each.sequence(), histories.add(known.get(each.sequence()), each, 0));
    }
  }

  private Example filledAt(long time) {
    return histories.filled(example("u", "x", List.of()), time, known::get);
  }

  private static List<Long> hashes(Example example, int field) {
    return Arrays.stream(example.fids())
        .filter(fid -> Fids.field(fid) == field)
        .mapToObj(fid -> Fids.of(0, fid))
        .toList();
  }

  private static long item(Example example) {
    return hashes(example, 2).get(0);
  }

  /** The names of the values of a sequence. */
  private static List<String> values(Example example, int field) {
    Map<Long, String> names = new TreeMap<>();
    for (char c = 'a'; c <= 'z'; c++) {
      names.put(Fids.of(0, ValueHash.of("" + c)), "" + c);
    }
    for (int i = 0; i < 3_000; i++) {
      names.put(Fids.of(0, ValueHash.of("a" + i)), "a" + i);
    }
    return hashes(example, field).stream()
        .filter(hash -> hash != 0)
        .map(names::get)
        .collect(Collectors.toList());
  }
}
