package io.freshet.snapshot.history;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.SequenceField;
import io.freshet.feature.SequenceField.History;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.history.ActionHistory;
import io.freshet.feature.history.PublishedHistory;
import io.freshet.model.ModelSettings;
import io.freshet.model.dense.DenseShape;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.SampleChain;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Versions of a model with two sequences whose histories change at random. */
public final class RandomHistories {
  private static final History HISTORY = new History("user", "item", List.of("click"), 86_400_000);
  private static final ModelSettings SETTINGS = ModelSettings.deepFm(2, List.of(3), 0, 42);
  private static final int USERS = 150;
  private static final int SECOND = 4000; // number of the sequence

  private final Path root;
  private final Random random;
  private final Map<Long, ActionHistory> expected = new TreeMap<>();
  private SampleChain chain;
  private Version last;
  private int checkpoint;
  private boolean both = true; // whether both sequences are filled
  private boolean isWhole = true; // whether what is there has been published

  public RandomHistories(Path root, long seed) {
    this.root = root;
    random = new Random(seed);
    chain = new SampleChain(root, schema(both), SETTINGS);
  }

  public SampleChain chain() {
    return chain;
  }

  private static FeatureSchema schema(boolean both) {
    SequenceField second = new SequenceField("last", SECOND, "item", 1, Pooling.LAST);
    return new FeatureSchema(
        List.of(
            new CategoricalField("user", 1),
            new CategoricalField("item", 2),
            new SequenceField("recent", 3, "item", 5, Pooling.MEAN).withHistory(HISTORY),
            both ? second.withHistory(HISTORY) : second),
        "user");
  }

  /** The second sequence is filled no more, or again, from nothing. */
  public void changeSequences() {
    both = !both;
    isWhole = false;
    expected.keySet().removeIf(id -> Fids.field(id) == SECOND);
    chain = new SampleChain(root, schema(both), SETTINGS).branch(last, SampleChain.LINEAGE);
  }

  /** Publishes what has changed of some. */
  public Version publish() throws IOException {
    List<List<PublishedHistory>> parts = new ArrayList<>();
    if (!isWhole) {
      isWhole = true;
      parts.add(all(expected));
    }
    for (int part = random.nextInt(1, 4); part > 0; part--) {
      Map<Long, ActionHistory> changes = new LinkedHashMap<>();
      for (int change = random.nextInt(60); change > 0; change--) {
        changes.put(
            id(random.nextInt(USERS), both && random.nextBoolean() ? SECOND : 3), actions());
      }
      expected.putAll(changes);
      parts.add(all(changes));
    }
    parts.removeIf(List::isEmpty);
    expected.values().removeIf(actions -> actions.size() == 0);
    float[] dense = new float[DenseShape.of(schema(both), SETTINGS).size()];
    last = chain.publishHistories(++checkpoint, dense, parts);
    return last;
  }

  private static List<PublishedHistory> all(Map<Long, ActionHistory> histories) {
    return histories.entrySet().stream()
        .map(each -> new PublishedHistory(each.getKey(), each.getValue()))
        .toList();
  }

  /** None of them in every fifth case. */
  private ActionHistory actions() {
    int n = random.nextInt(5);
    long[] times = new long[n];
    for (int i = 1; i < n; i++) {
      times[i] = times[i - 1] + random.nextLong(1L << random.nextInt(1, 40));
    }
    return new ActionHistory(times, random.longs(n, 0, 1L << 52).toArray());
  }

  private static long id(int user, int sequence) {
    return Fids.of(sequence, user * 0x9E3779B97F4A7C15L);
  }

  /** All that there may be. */
  public static List<Long> ids() {
    List<Long> ids = new ArrayList<>();
    for (int user = 0; user < USERS; user++) {
      ids.add(id(user, 3));
      ids.add(id(user, SECOND));
    }
    return ids;
  }

  /** Those of the last version. */
  public Map<Long, ActionHistory> expected() {
    return Map.copyOf(expected);
  }
}
