package io.freshet.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * The complete checkpoints that earlier runs of a job have left in its directory, as {@code
 * <dir>/<job>/chk-<n>}: what a run goes on from where nothing else keeps its place.
 */
public final class RetainedCheckpoints {
  private static final Pattern CHECKPOINT = Pattern.compile("chk-\\d+");
  private static final String METADATA = "_metadata"; // written last

  private RetainedCheckpoints() {}

  /**
   * The newest, whichever run it is of; nothing where there is none.
   *
   * @param directory a URI that Flink's file systems know
   */
  public static Optional<String> newest(String directory) throws IOException {
    Path root = new Path(directory);
    FileSystem files = root.getFileSystem();
    List<FileStatus> complete = new ArrayList<>();
    for (FileStatus job : children(files, root)) {
      for (FileStatus checkpoint : children(files, job.getPath())) {
        Path metadata = new Path(checkpoint.getPath(), METADATA);
        if (CHECKPOINT.matcher(checkpoint.getPath().getName()).matches()
            && files.exists(metadata)) {
          complete.add(files.getFileStatus(metadata));
        }
      }
    }
    return complete.stream()
        .max(Comparator.comparingLong(FileStatus::getModificationTime))
        .map(metadata -> metadata.getPath().getParent().toString());
  }

  private static List<FileStatus> children(FileSystem files, Path folder) throws IOException {
    try {
      FileStatus[] found = files.exists(folder) ? files.listStatus(folder) : null;
      return found == null ? List.of() : List.of(found);
    } catch (FileNotFoundException e) {
      return List.of(); // deleted since it was listed
    }
  }
}
