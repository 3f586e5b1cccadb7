package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final StringWriter text = new StringWriter();

  @Test
  void aBarShowsTheShareDoneAndIsWipedInTheEnd() throws InterruptedException {
    try (Progress progress =
        new Progress(new PrintWriter(text), true, "records", OptionalLong.of(2000))) {
      progress.at(1);
      Thread.sleep(600);
      progress.at(1000);
    }

    assertThat(text.toString())
        .contains("[###############               ]  50 %  1,000 records, ")
        .endsWith("\r\u001b[K");
  }

  @Test
  void nothingIsDrawnWhereNoOneLooks() throws InterruptedException {
    try (Progress progress =
        new Progress(new PrintWriter(text), false, "records", OptionalLong.empty())) {
      Thread.sleep(600);
      progress.at(1000);
    }

    assertThat(text.toString()).isEmpty();
  }
}
