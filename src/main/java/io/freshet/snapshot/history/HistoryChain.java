package io.freshet.snapshot.history;

import io.freshet.feature.history.Histories;
import io.freshet.snapshot.format.Manifest;
import java.util.List;

/**
 * From which version of a chain on histories count: a version that fills other sequences than its
 * parent, or from another field's users, has all of its own.
 */
public final class HistoryChain {
  private HistoryChain() {}

  /** Whether what a version has of histories goes on from what is held. */
  public static boolean goesOn(Manifest held, Manifest version) {
    return publishedAs(held).equals(publishedAs(version));
  }

  /** The versions of a chain whose histories count. */
  public static List<Manifest> counting(List<Manifest> oldestFirst) {
    int first = 0;
    for (int i = 1; i < oldestFirst.size(); i++) {
      first = goesOn(oldestFirst.get(i - 1), oldestFirst.get(i)) ? first : i;
    }
    return oldestFirst.subList(first, oldestFirst.size());
  }

  private static String publishedAs(Manifest manifest) {
    return Histories.of(manifest.schema()).publishedAs();
  }
}
