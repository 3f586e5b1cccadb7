package io.freshet.snapshot.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.model.gauge.PublishedGauge;
import io.freshet.snapshot.store.TinyModel;
import io.freshet.snapshot.write.PublisherInput;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CheckpointCollectorTest {

  @Test
  void cutIsWithheldIfAnybodySaidSoSinceTheLastBarrier() {
    CheckpointCollector collector = new CheckpointCollector(0, 1, List.of());

    collector.add(new PublisherInput.Withheld("clicks are missing"));

    assertThat(collector.close(1).withheld()).isTrue();
    assertThat(collector.close(2).withheld()).isFalse();
  }

  @Test
  void nothingCanBePublishedBeforeTheGaugeIsKnownOfWhichTheLatestCounts() {
    CheckpointCollector collector = new CheckpointCollector(0, 1, List.of());
    assertThat(collector.close(1).dense()).isEmpty();

    collector.add(new PublisherInput.Gauge(PublishedGauge.NONE));
    assertThat(collector.close(2).metrics()).doesNotContainKey("base_rate_weight");
    collector.add(new PublisherInput.Gauge(TinyModel.GAUGE));
    CheckpointContents contents = collector.close(3);

    assertThat(contents.dense().orElseThrow().gauge()).isEqualTo(TinyModel.GAUGE);
    assertThat(contents.metrics()).containsEntry("base_rate_weight", 0.25);
  }

  @Test
  void aRestoredGaugeCountsUntilTheNext() {
    CheckpointCollector collector = new CheckpointCollector(0, 1, List.of());
    collector.add(new PublisherInput.Gauge(TinyModel.GAUGE));
    CheckpointContents contents = collector.close(1);
    PublisherState state =
        new PublisherState(
            "0badcafe", "run", 1, Optional.empty(), List.of(contents), false, List.of(), "");
    CheckpointCollector restored = new CheckpointCollector(0, 1, List.of());

    restored.goOnFrom(state);

    assertThat(restored.close(2).dense().orElseThrow().gauge()).isEqualTo(TinyModel.GAUGE);
  }

  /** Or the gate would judge by them for good. */
  @Test
  void figuresOfATaskThatIsGoneGoToo() {
    CheckpointCollector collector = new CheckpointCollector(0, 1, List.of("like", "purchase"));
    collector.add(
        new PublisherInput.Metrics(
            Map.of("logloss", 0.5, "like.logloss", 0.4, "purchase.logloss", 0.3)));
    PublisherState state =
        new PublisherState(
            "0badcafe",
            "run",
            1,
            Optional.empty(),
            List.of(collector.close(1)),
            false,
            List.of(),
            "");
    CheckpointCollector restored = new CheckpointCollector(0, 1, List.of("purchase"));

    restored.goOnFrom(state);

    assertThat(restored.close(2).metrics())
        .containsEntry("logloss", 0.5)
        .containsEntry("purchase.logloss", 0.3)
        .allSatisfy((name, figure) -> assertThat(name).doesNotStartWith("like."));
  }

  @Test
  void aTableIsWholeOnceAllShardsHaveSentTheirsForTheSameLineage() {
    CheckpointCollector collector = new CheckpointCollector(0, 1, List.of());
    assertThat(collector.sentFor()).isEmpty();
    collector.add(new PublisherInput.SentTable("aaaaaaaa", 0, 2));
    collector.add(new PublisherInput.SentTable("bbbbbbbb", 1, 2));
    assertThat(collector.sentFor()).isEmpty();

    collector.close(1);
    collector.add(new PublisherInput.SentTable("bbbbbbbb", 0, 2));

    assertThat(collector.sentFor()).isEqualTo("bbbbbbbb");
  }

  @Test
  void allIsSentOnceHistoriesAreTooWhereThereAreSome() {
    CheckpointCollector collector = new CheckpointCollector(0, 1, List.of(), true);
    collector.add(new PublisherInput.SentTable("aaaaaaaa", 0, 1));
    collector.add(new PublisherInput.SentHistories("aaaaaaaa", 1, 2));
    assertThat(collector.sentFor()).isEmpty();

    collector.add(new PublisherInput.SentHistories("aaaaaaaa", 0, 2));

    assertThat(collector.sentFor()).isEqualTo("aaaaaaaa");
  }

  @Test
  void partsOfHistoriesAreOfTheirBarrier() {
    CheckpointCollector collector = new CheckpointCollector(0, 1, List.of(), true);
    PublisherInput.Part part = new PublisherInput.Part("p", 1, "ab", 2, 3, 0);
    collector.add(new PublisherInput.Histories(part));

    assertThat(collector.close(1).histories()).containsExactly(part);
    assertThat(collector.close(2).histories()).isEmpty();
  }

  @Test
  void whatWasAddedIsSummedOverBarriersAndWhoeverTellsIt() {
    CheckpointCollector collector = new CheckpointCollector(0, 1, List.of());
    collector.add(new PublisherInput.Added(Map.of("table_rows", 5.0, "table_expired", 1.0)));
    collector.add(new PublisherInput.Added(Map.of("table_rows", -2.0)));
    assertThat(collector.close(1).metrics()).containsEntry("table_rows", 3.0);

    collector.add(new PublisherInput.Metrics(Map.of("auc", 0.5)));
    collector.add(new PublisherInput.Added(Map.of("table_rows", 1.0)));

    assertThat(collector.close(2).metrics())
        .containsEntry("table_rows", 4.0)
        .containsEntry("table_expired", 1.0)
        .containsEntry("auc", 0.5);
  }

  @Test
  void theOffsetOfAPartitionIsTheHighestThatAnyReaderTells() {
    CheckpointCollector collector = new CheckpointCollector(0, 1, List.of());

    collector.add(new PublisherInput.Offset("impressions", 2, 33_242));
    collector.add(new PublisherInput.Offset("impressions", 2, 7_870));

    assertThat(collector.close(1).offsets()).containsEntry("impressions-2", 33_242L);
  }
}
