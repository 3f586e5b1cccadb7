package io.freshet.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.rows.FolderInUseException;
import io.freshet.serve.rows.MemoryStore;
import io.freshet.serve.rows.RocksStore;
import io.freshet.serve.rows.RowStore;
import io.freshet.snapshot.storage.FlinkStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The followers of this process: one for a root, shared by all subtasks of all queries that follow
 * it in the same way, closed by the last.
 */
final class SharedFollowers {
  private static final Map<FollowedRoot, SharedFollowers> OPEN = new HashMap<>();

  private final SnapshotFollower follower;
  private int users;

  private SharedFollowers(SnapshotFollower follower) {
    this.follower = follower;
  }

  /** The follower of a root, started for its first user; the user releases it. */
  static synchronized SnapshotFollower acquire(FollowedRoot root) throws IOException {
    SharedFollowers shared = OPEN.get(root);
    if (shared == null) {
      shared = new SharedFollowers(start(root));
      OPEN.put(root, shared);
    }
    shared.users++;
    return shared.follower;
  }

  static synchronized void release(FollowedRoot root) {
    SharedFollowers shared = OPEN.get(root);
    if (--shared.users == 0) {
      OPEN.remove(root);
      shared.follower.close();
    }
  }

  /** How many roots are followed. */
  static synchronized int size() {
    return OPEN.size();
  }

  private static SnapshotFollower start(FollowedRoot root) throws IOException {
    SnapshotStore snapshots = new SnapshotStore(FlinkStorage.at(root.root()));
    SnapshotFollower follower = new SnapshotFollower(snapshots, rows(root), InstantSource.system());
    // its thread may outlive the job of the first user, whose classes it must not keep
    Thread starter = Thread.currentThread();
    ClassLoader loader = starter.getContextClassLoader();
    starter.setContextClassLoader(SharedFollowers.class.getClassLoader());
    try {
      follower.start(root.poll());
    } finally {
      starter.setContextClassLoader(loader);
    }
    return follower;
  }

  private static RowStore rows(FollowedRoot root) throws IOException {
    return root.storeFolder() == null
        ? new MemoryStore()
        : onDisk(Path.of(root.storeFolder()), root);
  }

  /** The first store of a root in a folder that no other task manager of the machine has. */
  private static RowStore onDisk(Path folder, FollowedRoot root) throws IOException {
    Path ofRoot = folder.resolve(UUID.nameUUIDFromBytes(root.root().getBytes(UTF_8)).toString());
    for (int number = 0; ; number++) {
      try {
        return new RocksStore(ofRoot.resolve(String.valueOf(number)), root.storeBytes());
      } catch (FolderInUseException e) { // the next is free, or made
      }
    }
  }
}
