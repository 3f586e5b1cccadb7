package io.freshet.lab.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Sends signals to processes through one permanent shell: starting a program for each takes longer
 * than the moments to hit.
 *
 * <p>The shell ends with this process, which holds its input open. Thread-safe.
 */
final class Signals {
  private static Signals shared;

  private final Process shell;
  private final OutputStream commands;
  private final InputStream answers;

  private Signals() throws IOException {
    shell = new ProcessBuilder("sh").redirectErrorStream(true).start();
    commands = shell.getOutputStream();
    answers = shell.getInputStream();
  }

  /** Sends a signal, such as {@code STOP}, and waits until it is sent. */
  static synchronized void send(String signal, long process) throws IOException {
    if (shared == null || !shared.shell.isAlive()) {
      shared = new Signals();
    }
    shared.tell("kill -%s %s && echo || echo".formatted(signal, process));
  }

  /** Runs a command of one line, which prints nothing on success. */
  private void tell(String command) throws IOException {
    commands.write((command + "\n").getBytes(StandardCharsets.US_ASCII));
    commands.flush();
    StringBuilder answer = new StringBuilder();
    for (int c = answers.read(); c != '\n'; c = answers.read()) {
      if (c < 0) {
        throw new IOException("the shell that sends signals has ended: " + answer);
      }
      answer.append((char) c);
    }
    if (!answer.isEmpty()) {
      readLine();
      throw new IOException(command + ": " + answer);
    }
  }

  private void readLine() throws IOException {
    int c = answers.read();
    while (c >= 0 && c != '\n') {
      c = answers.read();
    }
  }
}
