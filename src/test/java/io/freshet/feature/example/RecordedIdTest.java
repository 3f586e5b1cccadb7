package io.freshet.feature.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.ImpressionHash;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RecordedIdTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "i-1", "1:2\u00013", "é:\u0001"})
  void aTextIsReadBack(String id) {
    RecordedId recorded = new RecordedId(12, 86_400_000L * 400, id);

    assertThat(RecordedId.isRecorded(recorded.text())).isTrue();
    assertThat(RecordedId.isRecorded(id)).isFalse();
    assertThat(RecordedId.parse(recorded.text())).isEqualTo(recorded);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.2, 0.5, 1})
  void passesSampleTheNegativesOfTheStreamAndScoreNothing(double rate) {
    for (int i = 0; i < 100; i++) {
      String recorded = new RecordedId(2, 1000, "i" + i).text();

      assertThat(ImpressionHash.keepsNegative(recorded, rate))
          .isEqualTo(ImpressionHash.keepsNegative("i" + i, rate));
      assertThat(ImpressionHash.isScored(recorded, rate)).isFalse();
    }
  }
}
