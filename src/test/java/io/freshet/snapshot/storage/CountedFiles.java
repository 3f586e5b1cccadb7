package io.freshet.snapshot.storage;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.local.LocalFileSystem;

/**
 * Local files as of a store that is far away, by {@code counted:///folder}; counts what is read.
 */
public final class CountedFiles implements FileSystemFactory {
  private static final Map<String, AtomicLong> READ = new ConcurrentHashMap<>();

  /** Bytes read of a file since the last {@link #forget}, by all readers in this process. */
  public static long bytes(java.nio.file.Path file) {
    return READ.getOrDefault(file.toAbsolutePath().toString(), new AtomicLong()).get();
  }

  public static void forget() {
    READ.clear();
  }

  @Override
  public String getScheme() {
    return "counted";
  }

  @Override
  public FileSystem create(URI uri) {
    return new Counting();
  }

  private static final class Counting extends LocalFileSystem {
    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
      return super.getFileStatus(local(path));
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
      return super.listStatus(local(path));
    }

    @Override
    public boolean exists(Path path) throws IOException {
      return super.exists(local(path));
    }

    @Override
    public FSDataInputStream open(Path path) throws IOException {
      AtomicLong read = READ.computeIfAbsent(path.getPath(), any -> new AtomicLong());
      return new CountedInput(super.open(local(path)), read);
    }

    private static Path local(Path path) {
      return new Path("file", null, path.getPath());
    }
  }

  private static final class CountedInput extends FSDataInputStream {
    private final FSDataInputStream in;
    private final AtomicLong count;

    CountedInput(FSDataInputStream in, AtomicLong count) {
      this.in = in;
      this.count = count;
    }

    @Override
    public void seek(long to) throws IOException {
      in.seek(to);
    }

    @Override
    public long getPos() throws IOException {
      return in.getPos();
    }

    @Override
    public int read() throws IOException {
      int next = in.read();
      count.addAndGet(next < 0 ? 0 : 1);
      return next;
    }

    @Override
    public int read(byte[] to, int from, int length) throws IOException {
      int n = in.read(to, from, length);
      count.addAndGet(Math.max(0, n));
      return n;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
