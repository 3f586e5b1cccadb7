package io.freshet.serve.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowTableTest {
  private static final int WIDTH = 3;

  @Test
  void usageExample() {
    RowTable.Edit edit = RowTable.empty(WIDTH, 10).edit();
    edit.put(7, new float[] {0, 1, 2, 3}, 1);
    RowTable table = edit.build();
    float[] target = new float[4];

    assertThat(table.read(7, target, 1)).isTrue();
    assertThat(target).containsExactly(0, 1, 2, 3);
    assertThat(table.read(8, target, 0)).isFalse();
    assertThat(table.size()).isOne();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 1_000_000})
  void everyTableHoldsWhatItHeldWhenItWasMade(int expected) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Map<Long, Float> model = new HashMap<>();
    List<RowTable> tables = new ArrayList<>();
    List<Map<Long, Float>> models = new ArrayList<>();
    RowTable table = RowTable.empty(WIDTH, expected);
    for (int round = 0; round < 30; round++) {
      RowTable.Edit edit = table.edit();
      for (int change = random.nextInt(1000); change >= 0; change--) {
        long fid = (long) random.nextInt(8) << 52 | random.nextInt(700);
        if (random.nextInt(3) == 0) {
          edit.remove(fid);
          model.remove(fid);
        } else {
          float value = random.nextFloat();
          edit.put(fid, new float[] {value, value, value}, 0);
          model.put(fid, value);
        }
      }
      table = edit.build();
      tables.add(table);
      models.add(new HashMap<>(model));
    }

    for (int round = 0; round < tables.size(); round++) {
      assertHolds(tables.get(round), models.get(round), "seed %s, round %s".formatted(seed, round));
    }
  }

  @Test
  void aTableOutgrowsWhatWasExpected() {
    RowTable.Edit edit = RowTable.empty(1, 1).edit();
    for (long fid = 0; fid < 200_000; fid++) {
      edit.put(fid, new float[] {fid}, 0);
    }
    RowTable table = edit.build();
    float[] target = new float[1];

    assertThat(table.size()).isEqualTo(200_000);
    for (long fid = 0; fid < 200_000; fid++) {
      assertThat(table.read(fid, target, 0)).isTrue();
      assertThat(target[0]).isEqualTo(fid);
    }
  }

  @Test
  void anEditCopiesOnlyWhatItChanges() {
    RowTable.Edit edit = RowTable.empty(WIDTH, 100_000).edit();
    for (long fid = 0; fid < 100_000; fid++) {
      edit.put(fid, new float[WIDTH], 0);
    }
    RowTable before = edit.build();

    edit = before.edit();
    edit.put(17, new float[] {1, 1, 1}, 0);
    edit.put(18, new float[] {1, 1, 1}, 0);
    edit.remove(-1);
    RowTable after = edit.build();

    assertThat(after.bucketsNotSharedWith(before)).isBetween(1, 2);
  }

  private static void assertHolds(RowTable table, Map<Long, Float> model, String when) {
    float[] target = new float[WIDTH];
    assertThat(table.size()).as(when).isEqualTo(model.size());
    for (long field = 0; field < 8; field++) {
      for (long value = 0; value < 700; value++) {
        long fid = field << 52 | value;
        Float expected = model.get(fid);
        assertThat(table.read(fid, target, 0)).as(when).isEqualTo(expected != null);
        if (expected != null) {
          assertThat(target).as(when).containsOnly(expected);
        }
      }
    }
  }
}
