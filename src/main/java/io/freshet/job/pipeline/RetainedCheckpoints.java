package io.freshet.job.pipeline;

import io.freshet.config.LearnerConfig;
import io.freshet.train.RefusedException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * The complete checkpoints that earlier runs of a learner have left, as {@code
 * <checkpoint.dir>/<learner>/<start of the run>/<job>/chk-<n>}: what a run goes on from where
 * nothing else keeps its place.
 *
 * <p>The newest is that of the run that started last, and in it the one with the highest number:
 * what a copy of the folder leaves as it is, unlike the times of files.
 */
public final class RetainedCheckpoints {
  private static final Pattern CHECKPOINT = Pattern.compile("chk-(\\d+)");
  private static final Pattern JOB = Pattern.compile("[0-9a-f]{32}");
  private static final String METADATA = "_metadata"; // written last
  private static final DateTimeFormatter START =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH-mm-ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private RetainedCheckpoints() {}

  /** Where a run of the learner that starts now writes its checkpoints. */
  static String folder(LearnerConfig config, Instant start) {
    return of(config) + "/" + START.format(start);
  }

  /**
   * The newest of the learner; nothing where there is none.
   *
   * @throws RefusedException where it is of another learner, or there are checkpoints of a build
   *     that did not tell learners apart
   */
  public static Optional<String> newest(LearnerConfig config) throws IOException {
    Path root = new Path(of(config));
    FileSystem files = root.getFileSystem();
    List<FileStatus> runs = children(files, root);
    runs.sort(Comparator.comparing((FileStatus run) -> run.getPath().getName()).reversed());
    for (FileStatus run : runs) {
      Optional<Path> found = newestOf(files, children(files, run.getPath()));
      if (found.isPresent()) {
        String path = found.get().toString();
        StateOwner.check(path, config.name());
        return Optional.of(path);
      }
    }
    refuseUnowned(files, new Path(config.checkpoint().dir()));
    return Optional.empty();
  }

  private static String of(LearnerConfig config) {
    return config.checkpoint().dir() + "/" + config.name();
  }

  private static Optional<Path> newestOf(FileSystem files, List<FileStatus> jobs)
      throws IOException {
    List<Path> complete = new ArrayList<>();
    for (FileStatus job : jobs) {
      for (FileStatus checkpoint : children(files, job.getPath())) {
        Path path = checkpoint.getPath();
        if (CHECKPOINT.matcher(path.getName()).matches()
            && files.exists(new Path(path, METADATA))) {
          complete.add(path);
        }
      }
    }
    return complete.stream().max(Comparator.comparingLong(RetainedCheckpoints::number));
  }

  private static long number(Path checkpoint) {
    return Long.parseLong(CHECKPOINT.matcher(checkpoint.getName()).replaceFirst("$1"));
  }

  /** Nobody can say whose those are that lie in the directory itself. */
  private static void refuseUnowned(FileSystem files, Path directory) throws IOException {
    List<FileStatus> jobs = children(files, directory);
    jobs.removeIf(job -> !JOB.matcher(job.getPath().getName()).matches());
    if (newestOf(files, jobs).isPresent()) {
      throw new RefusedException(
          "%s holds checkpoints that are in no learner's folder, of an earlier version: name the one to start from with --restore, once, then move them away"
              .formatted(directory));
    }
  }

  private static List<FileStatus> children(FileSystem files, Path folder) throws IOException {
    try {
      FileStatus[] found = files.exists(folder) ? files.listStatus(folder) : null;
      return found == null ? new ArrayList<>() : new ArrayList<>(List.of(found));
    } catch (FileNotFoundException e) {
      return new ArrayList<>(); // deleted since it was listed
    }
  }
}
