package io.freshet.lab.bench.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.lab.bench.quality.StoredFigures.Stored;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredFiguresTest {
  @TempDir private Path folder;

  @Test
  void whatIsWrittenIsRead() throws Exception {
    Path file = folder.resolve("figures.csv");
    Stored stored = new Stored("noise, job of 2", .51234, .13723, 1.001, .0005);

    StoredFigures.write(file, List.of(stored));

    try (InputStream in = Files.newInputStream(file)) {
      assertThat(StoredFigures.read(in).of("noise, job of 2")).contains(stored);
    }
  }

  @Test
  void noiseIsThreeDeviations() {
    Stored stored = Stored.of("s", List.of(logloss(.5), logloss(.51), logloss(.49)));

    assertThat(stored.logloss()).isEqualTo(.5);
    assertThat(stored.noise()).isCloseTo(.03, within(1e-9));
  }

  @Test
  void worseIsMoreThanTheNoise() {
    Stored stored = new Stored("s", .7, .5, .9, .01);

    assertThat(stored.worse(logloss(.509))).isEmpty();
    assertThat(stored.worse(logloss(.511))).contains("logloss 0.5110, was 0.5000 ± 0.0100");
    assertThat(stored.worse(logloss(Double.NaN))).isPresent();
  }

  private static QualityFigures logloss(double logloss) {
    return new QualityFigures(1000, .7, logloss, 1, 1, 1, 1, 0, .5, 0);
  }
}
