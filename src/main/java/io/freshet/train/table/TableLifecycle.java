package io.freshet.train.table;

import io.freshet.model.Admission;
import io.freshet.model.TableSettings;
import io.freshet.model.TableSettings.FieldRule;
import io.freshet.model.row.FieldRules;
import io.freshet.model.row.TableCounts;
import io.freshet.train.state.KeyGroups;
import io.freshet.train.table.RowLifecycle.Entries;
import io.freshet.train.table.RowLifecycle.Listing;
import io.freshet.train.table.TableCounters.Figure;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.operators.KeyContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a shard has beside its rows where features wait for them or may lose them: the judge of
 * that, the sweep, and their state.
 *
 * <p>The shard's limit of rows is its share of the table's, by the number of its key groups: hashes
 * spread features evenly over these.
 */
final class TableLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(TableLifecycle.class);
  private static final int LEAST_LOOKS = 64; // of the sweep, after a message
  private static final int LOOKS_A_ROW = 2;

  private final FieldRules rules;
  private final Entries entries;
  private final LifecycleState state;
  private final TableCounters tally;
  private final AdmissionSketch sketch;
  private final LastSeenIndex pages; // null where no feature is listed
  private final RowLifecycle lives;
  private final ExpirySweep sweep; // null where no row is lost

  TableLifecycle(
      TableSettings settings,
      RowCache cache,
      Entries entries,
      KeyContext context,
      ChangedRowBuffer touched,
      LifecycleState state)
      throws Exception {
    this.entries = entries;
    this.state = state;
    rules = new FieldRules(settings);
    KeyGroups groups = state.groups();
    tally = new TableCounters(rules, groups, context, state.counts());
    sketch =
        usesSketch(settings)
            ? new AdmissionSketch(groups, context, state.sketch(), settings.sketchBytes())
            : null;
    boolean isLimited = settings.maxRows() < TableSettings.UNBOUNDED;
    pages =
        settings.losesRows()
            ? new LastSeenIndex(rules, groups, context, state.pages(), isLimited)
            : null;
    Listing listing = pages == null ? (fid, lastSeen) -> {} : pages::list;
    lives = new RowLifecycle(rules, cache, entries, listing, sketch, touched, tally);
    long most = isLimited ? share(settings.maxRows(), groups) : TableSettings.UNBOUNDED;
    sweep = pages == null ? null : new ExpirySweep(pages, lives, cache, entries, tally, most);
  }

  private static boolean usesSketch(TableSettings settings) {
    return settings.fields().stream()
        .anyMatch(field -> field.rule().admission() instanceof Admission.Sketched);
  }

  private static long share(long rows, KeyGroups groups) {
    return Math.max(1, Math.round((double) rows * groups.size() / groups.all()));
  }

  /** The rules by which features are listed and counted, as text; empty where none is. */
  static String text(TableSettings settings) {
    if (!settings.isOn()) {
      return "";
    }
    String fields =
        settings.fields().stream().map(TableLifecycle::text).collect(Collectors.joining(" "));
    boolean isLimited = settings.maxRows() < TableSettings.UNBOUNDED;
    return "%s others=%s limited=%s"
        .formatted(fields, settings.otherwise().expiry().toMillis(), isLimited);
  }

  private static String text(FieldRule field) {
    return "%d=%d".formatted(field.number(), field.rule().expiry().toMillis());
  }

  /**
   * Takes up the restored state.
   *
   * @param anew whether it was written under other rules, so that what is known of features has to
   *     be counted and listed from the start
   */
  void open(boolean anew) throws Exception {
    if (!anew) {
      if (pages != null) {
        state.allPages().forEach(page -> pages.found(page.f0, page.f1));
      }
      return;
    }
    if (pages != null) {
      pages.remove(state.allPages());
    }
    tally.forgetRows();
    long known = 0;
    try (Stream<Long> features = state.allFeatures()) {
      for (Iterator<Long> each = features.iterator(); each.hasNext(); known++) {
        take(each.next());
      }
    }
    if (known > 0) {
      LOG.info("looked through {} features for the rules of embedding", known);
    }
  }

  private void take(long fid) throws Exception {
    StoredRow entry = entries.load(fid);
    if (!entry.isAbsent()) {
      tally.add(Figure.ROWS, fid, 1);
    }
    if (pages != null) {
      pages.list(fid, entry.lastSeen());
    }
  }

  RowLifecycle lives() {
    return lives;
  }

  boolean admits(long fid) {
    return rules.admitsAll(fid);
  }

  /** Clears away what is due, after a message of so many features. */
  void sweep(int features) throws Exception {
    if (sweep != null) {
      sweep.step(LEAST_LOOKS + LOOKS_A_ROW * features);
    }
  }

  /** Writes to state what lies there ahead of a barrier only. */
  void write() throws Exception {
    if (sweep != null) {
      sweep.putBack();
    }
    if (sketch != null) {
      sketch.write();
    }
    tally.write();
  }

  /** What the table gained and lost since the last call, if anything. */
  Optional<TableCounts> news() {
    return tally.news();
  }

  void register(MetricGroup group) {
    for (int place = 0; place < rules.size(); place++) {
      MetricGroup field = group.addGroup("field", rules.name(place));
      int at = place;
      for (Figure figure : Figure.values()) {
        field.gauge(name(figure), () -> tally.total(figure, at));
      }
    }
    group.gauge("surplus-rows", () -> sweep == null ? 0 : sweep.surplus());
    group.gauge("sketch-bytes", () -> sketch == null ? 0 : sketch.bytes());
  }

  private static String name(Figure figure) {
    return figure.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
