import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.Scorer;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Scores an example with the current version of a snapshot root, in this process:
 *
 * <pre>
 * java -cp target/freshet-serve.jar src/examples/Score.java freshet-demo/snapshots user=u17 item=i4 price=2.5
 * </pre>
 */
final class Score {
  public static void main(String[] args) {
    Map<String, String> features = new HashMap<>();
    for (int i = 1; i < args.length; i++) {
      String[] feature = args[i].split("=", 2);
      features.put(feature[0], feature[1]);
    }
    SnapshotStore store = new SnapshotStore(LocalStorage.at(args[0]));
    try (SnapshotFollower follower = new SnapshotFollower(store, InstantSource.system())) {
      follower
          .look(); // a service lets it look again and again: follower.start(Duration.ofMillis(500))
      if (follower.model().isEmpty()) {
        throw new IllegalStateException(follower.state().problem().orElse("nothing is published"));
      }
      try (Scorer scorer = follower.model().get().newScorer()) { // one a thread
        System.out.println(scorer.score(features));
      }
    }
  }
}
