package io.freshet.serve.follow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A process that follows snapshot roots, and asks servers, with the package of src/python. */
public final class PythonPackage implements AutoCloseable {
  static final Path FOLDER = Path.of("src/python").toAbsolutePath();

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final Process process;
  private final BufferedWriter questions;
  private final BufferedReader answers;

  private PythonPackage(Process process) {
    this.process = process;
    questions = process.outputWriter(UTF_8);
    answers = process.inputReader(UTF_8);
  }

  /** The process; the test is skipped where there is no Python with numpy. */
  public static PythonPackage start() throws IOException {
    Path script = Files.createTempFile("ask", ".py");
    script.toFile().deleteOnExit();
    try (var resource = PythonPackage.class.getResourceAsStream("ask.py")) {
      Files.write(script, resource.readAllBytes());
    }
    ProcessBuilder builder = command(script.toString());
    return new PythonPackage(builder.redirectError(Redirect.INHERIT).start());
  }

  /** A command of Python's that knows the package; the test is skipped where there is none. */
  public static ProcessBuilder command(String... arguments) {
    Optional<String> python = interpreter();
    assumeTrue(python.isPresent(), "there is no python3 with numpy here");
    List<String> command = new ArrayList<>(List.of(python.get()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("PYTHONPATH", FOLDER.toString());
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    builder.environment().put("PYTHONIOENCODING", "utf-8");
    builder.environment().put("PIP_RETRIES", "1"); // where no registry is
    return builder;
  }

  private static Optional<String> interpreter() {
    return List.of("python3", "/usr/bin/python3").stream()
        .filter(python -> run(new ProcessBuilder(python, "-c", "import numpy")).code() == 0)
        .findFirst();
  }

  /** How a process ended, and what it wrote. */
  public record Output(int code, String text) {}

  public static Output run(ProcessBuilder builder) {
    try {
      Path text = Files.createTempFile("python", ".txt");
      try {
        Process process = builder.redirectErrorStream(true).redirectOutput(text.toFile()).start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
        return new Output(process.waitFor(), Files.readString(text));
      } finally {
        Files.delete(text);
      }
    } catch (IOException e) {
      return new Output(-1, e.toString()); // there is no such program
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What the follower of a root says, after a look at its pointer: scores, or an error. */
  public JsonNode follow(Path root, List<? extends Map<String, ?>> instances) {
    return ask(Map.of("root", root.toString(), "instances", instances));
  }

  /** What a server says to the client: by v1, by v2, to explain, whether it is ready. */
  public JsonNode client(String url, String model, List<? extends Map<String, ?>> instances) {
    return ask(Map.of("url", url, "model", model, "instances", instances));
  }

  private JsonNode ask(Map<String, ?> question) {
    try {
      questions.write(JSON.writeValueAsString(new HashMap<>(question)));
      questions.newLine();
      questions.flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new IllegalStateException("the process ended by itself");
      }
      return JSON.readTree(answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    questions.close();
    process.destroy();
  }
}
