package io.freshet.job.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.wire.Json;
import java.io.IOException;

/** Predictions as JSON: {@code schemas/prediction.schema.json} describes them. */
public final class PredictionJson {
  private PredictionJson() {}

  /** A record's key: the same for an example that is predicted again after a failure. */
  public static byte[] key(PredictedExample of) {
    return (of.model() + "/" + of.key()).getBytes(UTF_8);
  }

  /** A line of a file, without its end. */
  public static byte[] of(PredictedExample of) {
    return Json.line(of);
  }

  /**
   * What {@link #of} wrote.
   *
   * @throws IOException where it is not that, with what is wrong
   */
  static PredictedExample parse(byte[] line) throws IOException {
    return ExampleJson.parse("not a prediction", line, PredictedExample.class);
  }
}
