package io.freshet.model.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MiniBatchTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void occurrencesAndCountsEqualThoseOfAHashMapOverManyRounds(long seed) {
    Random random = new Random(seed);
    MiniBatch batch = new MiniBatch();
    for (int round = 0; round < 20; round++) {
      List<LabeledExample> examples = examples(random, random.nextInt(round == 7 ? 700 : 40));

      batch.clear();
      examples.forEach(batch::add);

      assertThat(batch.size()).isEqualTo(examples.size());
      assertThat(batch.isEmpty()).isEqualTo(examples.isEmpty());
      checkOccurrences(batch, examples);
      checkRows(batch, examples);
    }
  }

  private static void checkOccurrences(MiniBatch batch, List<LabeledExample> examples) {
    int at = 0;
    for (int i = 0; i < examples.size(); i++) {
      Example example = examples.get(i).example();
      assertThat(batch.example(i)).isSameAs(examples.get(i));
      assertThat(batch.start(i)).isEqualTo(at);
      for (int j = 0; j < example.occurrences(); j++, at++) {
        assertThat(batch.fid(batch.row(at))).isEqualTo(example.fids()[j]);
        assertThat(batch.value(at)).isEqualTo(example.values()[j]);
      }
      assertThat(batch.start(i + 1)).isEqualTo(at);
    }
    assertThat(batch.occurrences()).isEqualTo(at);
  }

  private static void checkRows(MiniBatch batch, List<LabeledExample> examples) {
    Map<Long, Integer> counts = new LinkedHashMap<>();
    for (LabeledExample labeled : examples) {
      for (long fid : labeled.example().fids()) {
        counts.merge(fid, 1, Integer::sum);
      }
    }
    assertThat(batch.rows()).isEqualTo(counts.size());
    List<Long> inOrder = new ArrayList<>(counts.keySet());
    for (int row = 0; row < batch.rows(); row++) {
      long fid = inOrder.get(row);
      assertThat(batch.fid(row)).isEqualTo(fid);
      assertThat(batch.rowOf(fid)).isEqualTo(row);
      assertThat(batch.count(row)).isEqualTo(counts.get(fid));
    }
    assertThat(batch.rowOf(Long.MAX_VALUE)).isEqualTo(-1);
  }

  private static List<LabeledExample> examples(Random random, int n) {
    List<LabeledExample> examples = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int occurrences = random.nextInt(30);
      long[] fids = new long[occurrences];
      float[] values = new float[occurrences];
      for (int j = 0; j < occurrences; j++) {
        fids[j] = random.nextInt(2000);
        values[j] = random.nextFloat();
      }
      long time = random.nextLong(-500, 500);
      examples.add(new LabeledExample("i" + i, time, 1, 1, new Example(i, fids, values)));
    }
    return examples;
  }
}
