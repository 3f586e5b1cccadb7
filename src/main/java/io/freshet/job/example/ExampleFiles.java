package io.freshet.job.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.event.ByteOrderMark;
import io.freshet.feature.example.LabeledExample;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.zip.GZIPInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * The examples in a file, or in all files of a directory and those below it, in the order in which
 * they were emitted: by their numbers. One subtask's examples are in their own order; several
 * subtasks' are merged.
 *
 * <p>Files end in {@code .jsonl} or {@code .jsonl.gz}; those whose names begin with a dot or an
 * underscore are under way and left out. Not thread-safe.
 */
public final class ExampleFiles implements Iterator<LabeledExample>, Closeable {

  private record File(Path path, long first) {}

  private final Deque<File> waiting; // by their first numbers
  private final PriorityQueue<Lines> open =
      new PriorityQueue<>(Comparator.comparingLong(lines -> lines.head.number()));

  private ExampleFiles(List<File> files) {
    waiting = new ArrayDeque<>(files);
  }

  /**
   * The examples from the first on.
   *
   * @throws IOException where there are none, or a file is not of this kind
   */
  public static ExampleFiles at(String uri) throws IOException {
    List<File> files = new ArrayList<>();
    for (Path path : find(new Path(uri))) {
      try (Lines lines = new Lines(path)) {
        if (lines.head != null) {
          files.add(new File(path, lines.head.number()));
        }
      }
    }
    if (files.isEmpty()) {
      throw new IOException(
          "no examples at %s: there is no file that ends in .jsonl or .jsonl.gz".formatted(uri));
    }
    files.sort(Comparator.comparingLong(File::first).thenComparing(file -> file.path().getName()));
    return new ExampleFiles(files);
  }

  /** How many examples there are; reads them all. */
  public static long count(String uri) throws IOException {
    long count = 0;
    for (Path path : find(new Path(uri))) {
      try (BufferedReader lines = reader(path)) {
        count += lines.lines().count();
      }
    }
    return count;
  }

  @Override
  public boolean hasNext() {
    return !open.isEmpty() || !waiting.isEmpty();
  }

  @Override
  public LabeledExample next() {
    if (!hasNext()) {
      throw new NoSuchElementException("all examples are read");
    }
    try {
      while (!waiting.isEmpty()
          && (open.isEmpty() || waiting.peek().first() <= open.peek().head.number())) {
        open.add(new Lines(waiting.remove().path()));
      }
      Lines lines = open.remove();
      LabeledExample next = lines.head.example();
      lines.advance();
      if (lines.head != null) {
        open.add(lines);
      }
      return next;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    for (Lines lines : open) {
      lines.close();
    }
  }

  public static List<Path> find(Path root) throws IOException {
    FileSystem files = root.getFileSystem();
    if (!files.exists(root)) {
      throw new IOException("there is no " + root);
    }
    List<Path> found = new ArrayList<>();
    collect(files, files.getFileStatus(root), found);
    return found;
  }

  private static void collect(FileSystem files, FileStatus status, List<Path> found)
      throws IOException {
    String name = status.getPath().getName();
    if (name.startsWith(".") || name.startsWith("_")) {
      return;
    }
    if (!status.isDir() && (name.endsWith(".jsonl") || name.endsWith(".jsonl.gz"))) {
      found.add(status.getPath());
    } else if (status.isDir()) {
      for (FileStatus child : files.listStatus(status.getPath())) {
        collect(files, child, found);
      }
    }
  }

  static BufferedReader reader(Path path) throws IOException {
    return new BufferedReader(new InputStreamReader(open(path), UTF_8), 1 << 16);
  }

  /** The bytes of a file, uncompressed and without a byte order mark. */
  public static InputStream open(Path path) throws IOException {
    InputStream file = path.getFileSystem().open(path);
    try {
      InputStream plain =
          path.getName().endsWith(".gz") ? new GZIPInputStream(file, 1 << 16) : file;
      return ByteOrderMark.skipIn(new BufferedInputStream(plain, 1 << 16));
    } catch (EOFException e) {
      file.close();
      throw new IOException(path + " is cut off", e);
    }
  }

  /** One file, of which the head is the next example, null at the end. */
  private static final class Lines implements Closeable {
    private final Path path;
    private final BufferedReader reader;
    private NumberedExample head;
    private long line;

    Lines(Path path) throws IOException {
      this.path = path;
      reader = reader(path);
      advance();
    }

    void advance() throws IOException {
      String text = reader.readLine();
      line++;
      try {
        head = text == null ? null : ExampleJson.parse(text.getBytes(UTF_8));
      } catch (IOException e) {
        reader.close();
        throw new IOException("%s, line %s: %s".formatted(path, line, e.getMessage()), e);
      }
      if (text == null) {
        reader.close();
      }
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
