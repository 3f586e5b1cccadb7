package io.freshet.serve.request;

import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The features of several instances, feature by feature: row i of a column is of instance i. A
 * column of one row counts for all instances.
 */
public final class Columns {
  private final FeatureNames names;
  private final int most;
  private final Map<String, List<?>> columns = new LinkedHashMap<>();
  private String longest; // which says how many instances there are; null before the first
  private int size;
  private List<?> ids = List.of();
  private String idsPlace;

  /**
   * Without columns.
   *
   * @param most instances, else 413
   */
  public Columns(FeatureNames names, int most) {
    this.names = names;
    this.most = most;
  }

  /** Whether the feature is one of the model's; others are passed over but for their length. */
  public boolean isWanted(String name) {
    return names.indexOf(name) >= 0 || areIds(name);
  }

  private boolean areIds(String name) {
    return name.equals(FeatureRows.IDS);
  }

  /** Adds a feature: its rows are strings, numbers, booleans, nulls, or lists of those. */
  public void add(String place, String name, List<?> rows) throws HttpError {
    checkLength(place, rows.size());
    if (areIds(name)) {
      ids = rows;
      idsPlace = place;
    }
    if (names.indexOf(name) < 0) {
      return;
    }
    if (columns.put(name, rows) != null) {
      throw new HttpError(400, place + " is there twice");
    }
  }

  /** Checks that the rows of a column are as many as those of the others. */
  public void checkLength(String place, int length) throws HttpError {
    if (length > most) {
      throw new HttpError(413, place + " holds more than " + most + "; send them in parts");
    }
    if (longest == null || size == 1) {
      longest = place;
      size = length;
    } else if (length != size && length != 1) {
      throw new HttpError(
          400,
          "%s is for %s instances; expected %s, as %s".formatted(place, length, size, longest));
    }
  }

  /** How many instances the columns are of. */
  public int size() {
    return size;
  }

  /** The columns row by row. */
  public FeatureRows rows() throws HttpError {
    return new FeatureRows(instances(), ids(), Optional.empty());
  }

  /** The impression ids; empty where there are none. */
  public List<String> ids() throws HttpError {
    if (!ids.isEmpty() && ids.size() != size) {
      throw new HttpError(400, "%s holds 1; expected one for each of %s".formatted(idsPlace, size));
    }
    List<String> checked = new ArrayList<>();
    for (Object id : ids) {
      checked.add(FeatureRows.checkedId(idsPlace, id));
    }
    return checked;
  }

  private List<FeatureValues> instances() throws HttpError {
    List<FeatureValues> instances = new ArrayList<>(size);
    for (int row = 0; row < size; row++) {
      Map<String, Object> features = new HashMap<>();
      for (Map.Entry<String, List<?>> column : columns.entrySet()) {
        List<?> rows = column.getValue();
        features.put(column.getKey(), rows.get(rows.size() == 1 ? 0 : row));
      }
      try {
        instances.add(FeatureValues.of(names, features));
      } catch (IllegalArgumentException e) {
        throw new HttpError(400, "instances[" + row + "]." + e.getMessage());
      }
    }
    return instances;
  }
}
