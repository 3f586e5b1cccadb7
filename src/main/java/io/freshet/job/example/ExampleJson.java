package io.freshet.job.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.wire.Json;
import java.io.IOException;
import java.util.Locale;

/**
 * Examples as JSON: {@code schemas/example.schema.json} describes those that are written out, which
 * are read back as they were, to the last bit. Ids are whole numbers of 64 bits with a sign; a
 * number that JSON lacks is the text {@code NaN}, {@code Infinity} or {@code -Infinity}.
 */
public final class ExampleJson {
  private ExampleJson() {}

  /** Why the label is what it is. */
  private enum Reason {
    ACTION(Kind.DECIDED),
    WINDOW_END(Kind.DECIDED),
    FAKE_NEGATIVE(Kind.FAKE_NEGATIVE),
    ACTION_AFTER_FAKE_NEGATIVE(Kind.REINGESTED),
    LATE_ACTION(Kind.CORRECTION),
    PREDICTION(Kind.PREDICTION);

    private final Kind kind;

    Reason(Kind kind) {
      this.kind = kind;
    }

    static Reason of(LabeledExample example) {
      return switch (example.kind()) {
        case DECIDED -> example.label() > 0 ? ACTION : WINDOW_END;
        case FAKE_NEGATIVE -> FAKE_NEGATIVE;
        case REINGESTED -> ACTION_AFTER_FAKE_NEGATIVE;
        case CORRECTION -> LATE_ACTION;
        case PREDICTION -> PREDICTION;
      };
    }
  }

  private record DeadLetter(
      String impressionId,
      long time,
      Kind told,
      float label,
      float weight,
      long user,
      long[] fids,
      float[] values) {}

  private record Line(
      long number,
      String impressionId,
      long time,
      float label,
      float weight,
      Reason reason,
      float laterShare,
      boolean scored,
      long user,
      long[] fids,
      float[] values,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) int task) {

    NumberedExample toExample() {
      return new NumberedExample(
          number,
          new LabeledExample(
                  impressionId,
                  time,
                  label,
                  weight,
                  new Example(user, fids, values),
                  reason.kind,
                  laterShare,
                  scored)
              .of(task));
    }
  }

  /** The example alone, for dead letters. */
  public static byte[] of(LabeledExample example) {
    return Json.line(
        new DeadLetter(
            example.impressionId(),
            example.time(),
            example.kind(),
            example.label(),
            example.weight(),
            example.example().user(),
            example.example().fids(),
            example.example().values()));
  }

  /** What the label is, as in {@code fake-negative}. */
  static String kind(LabeledExample example) {
    return example.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** A line of a file, without its end. */
  public static byte[] of(NumberedExample numbered) {
    LabeledExample example = numbered.example();
    return Json.line(
        new Line(
            numbered.number(),
            example.impressionId(),
            example.time(),
            example.label(),
            example.weight(),
            Reason.of(example),
            example.laterShare(),
            example.scored(),
            example.example().user(),
            example.example().fids(),
            example.example().values(),
            example.task()));
  }

  /**
   * What {@link #of(NumberedExample)} wrote.
   *
   * @throws IOException where it is not that, with what is wrong
   */
  public static NumberedExample parse(byte[] line) throws IOException {
    try {
      return parse("not an example", line, Line.class).toExample();
    } catch (IllegalArgumentException e) { // as many values as fids
      throw new IOException("not an example: " + e.getMessage(), e);
    }
  }

  /** Reads a record of a line, which errors quote. */
  static <T> T parse(String what, byte[] line, Class<T> type) throws IOException {
    try {
      return Json.read(line, type);
    } catch (IOException e) {
      String start = new String(line, 0, Math.min(line.length, 100), UTF_8);
      throw new IOException("%s: %s: %s".formatted(what, e.getMessage(), start), e);
    }
  }
}
