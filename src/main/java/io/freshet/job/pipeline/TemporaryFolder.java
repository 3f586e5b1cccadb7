package io.freshet.job.pipeline;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.util.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder for temporary files of Flink in this process, which goes with the process. The folders
 * of processes that were killed go when the next one begins: the system lets go of a process' lock
 * on a file however it ends.
 */
final class TemporaryFolder {
  private static final Logger LOG = LoggerFactory.getLogger(TemporaryFolder.class);
  private static final String PREFIX = "freshet-";
  private static final String LOCK = ".lock";

  /** Whose channels are closed, and their locks gone, once nobody refers to them. */
  private static final Queue<FileChannel> HELD = new ConcurrentLinkedQueue<>();

  private static Path own; // null before it is needed

  private TemporaryFolder() {}

  /** The folder of this process, made on the first call. */
  static synchronized Path own() throws IOException {
    if (own == null) {
      Path parent = Path.of(System.getProperty("java.io.tmpdir"));
      sweep(parent);
      own = claim(parent);
      Path claimed = own;
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(claimed)));
    }
    return own;
  }

  /** Makes a folder whose lock this process holds to its end. */
  static Path claim(Path parent) throws IOException {
    Path lock = Files.createTempFile(parent, PREFIX, LOCK);
    FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
    if (channel.tryLock() == null || !Files.exists(lock)) { // another swept it in between
      channel.close();
      return claim(parent);
    }
    HELD.add(channel);
    return Files.createDirectory(folderOf(lock));
  }

  /** Deletes the folders that no process holds. */
  static void sweep(Path parent) throws IOException {
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(parent, PREFIX + "*" + LOCK)) {
      for (Path lock : locks) {
        sweepIfLeft(lock);
      }
    }
  }

  private static void sweepIfLeft(Path lock) {
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
      Optional<FileLock> left = Optional.ofNullable(channel.tryLock());
      if (left.isPresent()) {
        delete(folderOf(lock));
      }
    } catch (OverlappingFileLockException e) {
      LOG.trace("{} is of this process", lock, e);
    } catch (IOException e) {
      LOG.debug("{} is not ours to delete", lock, e);
    }
  }

  private static void delete(Path folder) {
    try {
      FileUtils.deleteDirectory(folder.toFile());
      Files.deleteIfExists(lockOf(folder));
    } catch (IOException e) {
      LOG.debug("{} is left to the next run", folder, e);
    }
  }

  private static Path folderOf(Path lock) {
    String name = lock.getFileName().toString();
    return lock.resolveSibling(name.substring(0, name.length() - LOCK.length()));
  }

  private static Path lockOf(Path folder) {
    return folder.resolveSibling(folder.getFileName() + LOCK);
  }
}
