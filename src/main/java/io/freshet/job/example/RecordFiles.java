package io.freshet.job.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.feature.example.LabeledExample;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.core.fs.Path;

/** Reads the labeled examples and the predictions that jobs wrote, for other programs. */
public final class RecordFiles {
  private RecordFiles() {}

  /**
   * The examples of a file or a directory, in the order in which they were emitted.
   *
   * @throws IOException where there are none, or a file is not of this kind
   */
  public static void examples(String uri, Consumer<LabeledExample> to) throws IOException {
    try (ExampleFiles files = ExampleFiles.at(uri)) {
      files.forEachRemaining(to);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** An example of a topic. */
  public static LabeledExample example(byte[] record) throws IOException {
    return ExampleJson.parse(record).example();
  }

  /**
   * The predictions of a file or a directory.
   *
   * @throws IOException where there are none, or a file is not of this kind
   */
  public static void predictions(String uri, Consumer<PredictedExample> to) throws IOException {
    List<Path> files = ExampleFiles.find(new Path(uri));
    if (files.isEmpty()) {
      throw new IOException(
          "no predictions at %s: there is no file that ends in .jsonl or .jsonl.gz".formatted(uri));
    }
    for (Path file : files) {
      long number = 0;
      try (BufferedReader lines = ExampleFiles.reader(file)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          number++;
          to.accept(PredictionJson.parse(line.getBytes(UTF_8)));
        }
      } catch (IOException e) {
        throw new IOException("%s, line %s: %s".formatted(file, number, e.getMessage()), e);
      }
    }
  }

  /** A prediction of a topic. */
  public static PredictedExample prediction(byte[] record) throws IOException {
    return PredictionJson.parse(record);
  }
}
