package io.freshet.model.row;

import io.freshet.feature.Fids;
import io.freshet.feature.ImpressionHash;
import io.freshet.model.Admission;
import io.freshet.model.TableSettings;
import io.freshet.model.TableSettings.FieldRule;
import io.freshet.model.batch.MiniBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * {@link TableSettings}, to be asked by feature.
 *
 * <p>Each field listed has a <em>place</em> from 1 on, in the order of the settings; place 0 is
 * that of all others, the bias among them.
 */
public final class FieldRules {
  private static final int OTHERS = 0;

  private final int[] places = new int[Fids.MAX_FIELD + 1]; // by field number
  private final List<FieldRule> fields = new ArrayList<>(); // by place
  private final long[] expiry; // by place, in milliseconds; 0 for never

  public FieldRules(TableSettings settings) {
    fields.add(new FieldRule(OTHERS, "others", settings.otherwise()));
    for (FieldRule field : settings.fields()) {
      places[field.number()] = fields.size();
      fields.add(field);
    }
    expiry = fields.stream().mapToLong(field -> field.rule().expiry().toMillis()).toArray();
  }

  public int size() {
    return fields.size();
  }

  /** The number of the field at a place; 0 for that of all others. */
  public int number(int place) {
    return fields.get(place).number();
  }

  /** Each field's expiry, in milliseconds. */
  public LongStream expiries() {
    return LongStream.of(expiry);
  }

  public String name(int place) {
    return fields.get(place).name();
  }

  public int place(long fid) {
    return places[Fids.field(fid)];
  }

  /** The place of a field by its number; that of all others if it is not listed. */
  public int placeOf(int field) {
    return field >= 0 && field < places.length ? places[field] : OTHERS;
  }

  public Admission admission(long fid) {
    int place = place(fid);
    return place == OTHERS ? Admission.ALL : fields.get(place).rule().admission();
  }

  public boolean admitsAll(long fid) {
    return admission(fid) instanceof Admission.All;
  }

  /** Milliseconds of event time after which an unseen feature loses its row; 0 for never. */
  public long expiry(long fid) {
    return fid == Fids.BIAS ? 0 : expiry[place(fid)];
  }

  /** Whether a feature last seen then is to lose its row now; not before anything was learned. */
  public boolean isExpired(long fid, long lastSeen, long now) {
    long after = expiry(fid);
    return after > 0 && now > lastSeen && now - lastSeen > after;
  }

  /**
   * Which rows of a batch an occurrence is drawn for, among those that are absent and admitted by
   * chance.
   */
  public boolean[] draw(MiniBatch batch) {
    boolean[] drawn = new boolean[batch.rows()];
    for (int example = 0; example < batch.size(); example++) {
      if (batch.example(example).isLearned()) {
        String id = batch.example(example).impressionId();
        for (int o = batch.start(example); o < batch.start(example + 1); o++) {
          int row = batch.row(o);
          drawn[row] |= batch.isAbsent(row) && isDrawn(batch.fid(row), id);
        }
      }
    }
    return drawn;
  }

  private boolean isDrawn(long fid, String impressionId) {
    return admission(fid) instanceof Admission.Chance chance
        && ImpressionHash.admits(impressionId, fid, chance.share());
  }
}
