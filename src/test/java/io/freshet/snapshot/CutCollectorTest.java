package io.freshet.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CutCollectorTest {

  @Test
  void cutIsWithheldIfAnybodySaidSoSinceTheLastBarrier() {
    CutCollector collector = new CutCollector(0, 1);

    collector.add(new Announcement.Withheld("clicks are missing"));

    assertThat(collector.cut(1).withheld()).isTrue();
    assertThat(collector.cut(2).withheld()).isFalse();
  }

  @Test
  void theOffsetOfAPartitionIsTheHighestThatAnyReaderTells() {
    CutCollector collector = new CutCollector(0, 1);

    collector.add(new Announcement.Offset("impressions", 2, 33_242));
    collector.add(new Announcement.Offset("impressions", 2, 7_870));

    assertThat(collector.cut(1).offsets()).containsEntry("impressions-2", 33_242L);
  }
}
