package io.freshet.lab.cluster;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Follows a log file of another process line by line. Not thread-safe. */
public final class LogTail {
  private final Path log;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream(); // a line without its end
  private long position;

  /** The file need not exist yet. */
  public LogTail(Path log) {
    this.log = requireNonNull(log, "log");
  }

  /** The lines completed since the last call. */
  public List<String> next() throws IOException {
    List<String> lines = new ArrayList<>();
    try (SeekableByteChannel file = Files.newByteChannel(log)) {
      file.position(position);
      while (file.read(buffer.clear()) > 0) {
        take(buffer.flip(), lines);
      }
      position = file.position();
    } catch (NoSuchFileException e) {
      // not begun yet
    }
    return lines;
  }

  private void take(ByteBuffer bytes, List<String> lines) {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (next == '\n') {
        lines.add(begun.toString(StandardCharsets.UTF_8));
        begun.reset();
      } else {
        begun.write(next);
      }
    }
  }
}
