package io.freshet.lab.bench.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.Fids;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.row.RowBlock;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.streaming.api.operators.StreamMap;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class TableFeedOperatorTest {
  private static final int FIELDS = 3;
  private static final int ROWS = 300;

  @Test
  @SuppressWarnings("try") // the harness's close throws Exception
  void theFirstExamplesHoldEveryRowOnceAndLaterOnesNoOthers() throws Exception {
    try (var harness =
        new OneInputStreamOperatorTestHarness<>(new StreamMap<>(new TableFeed(FIELDS, ROWS, 1)))) {
      harness.open();
      TableFeed.allow(Long.MAX_VALUE);
      Set<Long> rows = new HashSet<>();

      for (long i = 0; i < TableFeed.toFill(FIELDS, ROWS); i++) {
        harness.processElement(new StreamRecord<>(i));
      }
      harness.extractOutputValues().forEach(example -> add(example, rows));
      assertThat(rows).hasSize(ROWS);

      for (long i = 0; i < 1000; i++) {
        harness.processElement(new StreamRecord<>(i));
      }
      harness.extractOutputValues().forEach(example -> add(example, rows));
      assertThat(rows).hasSize(ROWS);
    }
  }

  @Test
  @SuppressWarnings("try") // the harness's close throws Exception
  void aRowThatIsTouchedTwiceCountsOnceForItsCheckpoint() throws Exception {
    try (var harness =
        new OneInputStreamOperatorTestHarness<>(new StreamMap<>(new ChangedRowsCount()))) {
      harness.open();

      harness.processElement(new StreamRecord<>(rows(1, 2, 3)));
      harness.processElement(new StreamRecord<>(rows(3, 4)));
      harness.snapshot(1000, 0);
      harness.processElement(new StreamRecord<>(rows(4)));
      harness.snapshot(1001, 0);

      assertThat(ChangedRowsCount.before(1000)).isEqualTo(4);
      assertThat(ChangedRowsCount.before(1001)).isEqualTo(1);
      assertThat(harness.extractOutputValues()).hasSize(3);
    }
  }

  private static void add(LabeledExample example, Set<Long> rows) {
    for (long fid : example.example().fids()) {
      if (fid != Fids.BIAS) {
        rows.add(fid);
      }
    }
  }

  private static RowBlock rows(long... fids) {
    return new RowBlock(fids, new long[fids.length], new float[11 * fids.length]);
  }
}
