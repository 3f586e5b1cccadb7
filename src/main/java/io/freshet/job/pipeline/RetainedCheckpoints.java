package io.freshet.job.pipeline;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.freshet.config.LearnerConfig;
import io.freshet.train.RefusedException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The complete checkpoints that earlier runs of a learner have left, as {@code
 * <checkpoint.dir>/<learner>/<start of the run>/<job>/chk-<n>}: what a run goes on from where
 * nothing else keeps its place.
 *
 * <p>The newest is that of the run that started last, and in it the one with the highest number:
 * what a copy of the folder leaves as it is, unlike the times of files.
 */
public final class RetainedCheckpoints {
  private static final Logger LOG = LoggerFactory.getLogger(RetainedCheckpoints.class);
  private static final Pattern CHECKPOINT = Pattern.compile("chk-(\\d+)");
  private static final Pattern JOB = Pattern.compile("[0-9a-f]{32}");
  private static final String METADATA = "_metadata"; // written last
  private static final DateTimeFormatter START =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH-mm-ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** So many of the newest stay, of whatever run: one that a crash has damaged has one before. */
  static final int KEPT = FlinkSettings.RETAINED_CHECKPOINTS;

  /** A younger file may be of a checkpoint that is under way. */
  static final Duration UNDER_WAY = Duration.ofHours(1);

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
    Optional<Path> newest = complete(files, root).stream().findFirst();
    if (newest.isPresent()) {
      StateOwner.check(newest.get().toString(), config.name());
      return newest.map(Path::toString);
    }
    refuseUnowned(files, new Path(config.checkpoint().dir()));
    return Optional.empty();
  }

  /**
   * Deletes the files of earlier runs that no checkpoint refers to which may be started from: a run
   * that was killed leaves all it had retained, and Flink deletes only what the next one took over.
   * What cannot be deleted is left to the next start.
   *
   * <p>The name of a state file is drawn at random, and is in the metadata of each checkpoint that
   * the file is part of.
   */
  public static void deleteUnneeded(LearnerConfig config, Instant now) {
    Path root = new Path(of(config));
    try {
      FileSystem files = root.getFileSystem();
      List<Path> kept = complete(files, root).stream().limit(KEPT).toList();
      if (!kept.isEmpty()) {
        Sweep sweep = new Sweep(files, kept, now.minus(UNDER_WAY).toEpochMilli());
        sweep.visit(root);
        LOG.info("deleted {} files that earlier runs left below {}", sweep.deleted, root);
      }
    } catch (IOException e) {
      LOG.warn("files that earlier runs left below {} stay there", root, e);
    }
  }

  private static final class Sweep {
    private final FileSystem files;
    private final List<Path> kept;
    private final List<String> metadata = new ArrayList<>();
    private final long limit;
    private int deleted;

    Sweep(FileSystem files, List<Path> kept, long limit) throws IOException {
      this.files = files;
      this.kept = kept;
      this.limit = limit;
      for (Path checkpoint : kept) {
        try (InputStream in = files.open(new Path(checkpoint, METADATA))) {
          metadata.add(new String(in.readAllBytes(), ISO_8859_1));
        }
      }
    }

    /** Returns whether the folder went. */
    private boolean visit(Path folder) throws IOException {
      List<FileStatus> all = children(files, folder);
      int gone = 0;
      for (FileStatus child : all) {
        boolean goes = child.isDir() ? visit(child.getPath()) : delete(child);
        gone += goes ? 1 : 0;
      }
      return gone > 0 && gone == all.size() && files.delete(folder, false);
    }

    private boolean delete(FileStatus file) throws IOException {
      Path path = file.getPath();
      if (file.getModificationTime() >= limit || isNeeded(path)) {
        return false;
      }
      deleted++;
      return files.delete(path, false);
    }

    private boolean isNeeded(Path path) {
      return path.getName().equals(METADATA)
          ? kept.contains(path.getParent())
          : metadata.stream().anyMatch(text -> text.contains(path.getName()));
    }
  }

  private static String of(LearnerConfig config) {
    return config.checkpoint().dir() + "/" + config.name();
  }

  /** All, the newest first. */
  private static List<Path> complete(FileSystem files, Path root) throws IOException {
    List<FileStatus> runs = children(files, root);
    runs.sort(Comparator.comparing((FileStatus run) -> run.getPath().getName()).reversed());
    List<Path> complete = new ArrayList<>();
    for (FileStatus run : runs) {
      complete.addAll(ofJobs(files, children(files, run.getPath())));
    }
    return complete;
  }

  private static List<Path> ofJobs(FileSystem files, List<FileStatus> jobs) throws IOException {
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
    complete.sort(Comparator.comparingLong(RetainedCheckpoints::number).reversed());
    return complete;
  }

  private static long number(Path checkpoint) {
    return Long.parseLong(CHECKPOINT.matcher(checkpoint.getName()).replaceFirst("$1"));
  }

  /** Nobody can say whose those are that lie in the directory itself. */
  private static void refuseUnowned(FileSystem files, Path directory) throws IOException {
    List<FileStatus> jobs = children(files, directory);
    jobs.removeIf(job -> !JOB.matcher(job.getPath().getName()).matches());
    if (!ofJobs(files, jobs).isEmpty()) {
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
