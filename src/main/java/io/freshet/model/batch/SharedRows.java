package io.freshet.model.batch;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;

/**
 * Which rows of the embedding table features have: those of their own ids, except in fields that
 * share the rows of another field.
 *
 * <p>An example holds the ids of its own fields throughout, so events, state and slices know
 * nothing of it; here the number of the field in an id is exchanged for the other's. A missing
 * value keeps a row of its own, as what it says differs from field to field.
 */
public final class SharedRows {
  public static final SharedRows NONE = new SharedRows(new int[0]);

  private final int[] owners; // by field number; 0 where the rows are its own; none where all are

  private SharedRows(int[] owners) {
    this.owners = owners;
  }

  public static SharedRows of(FeatureSchema schema) {
    SharedRows shared = NONE;
    for (Field field : schema.fields()) {
      if (!field.shares().isEmpty()) {
        shared = shared == NONE ? new SharedRows(new int[Fids.MAX_FIELD + 1]) : shared;
        Field owner = schema.fields().get(schema.index(field.shares()));
        shared.owners[field.number()] = owner.number();
      }
    }
    return shared;
  }

  /** The id of the row that a feature has. */
  public long row(long fid) {
    if (owners.length == 0) {
      return fid;
    }
    int field = Fids.field(fid);
    int owner = owners[field];
    return owner == 0 || fid == Fids.missing(field) ? fid : Fids.of(owner, fid);
  }
}
