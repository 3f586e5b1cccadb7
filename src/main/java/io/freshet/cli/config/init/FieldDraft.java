package io.freshet.cli.config.init;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A column as a field of the model.
 *
 * @param isLeftOut whether it had better be none
 * @param why as it says
 */
public record FieldDraft(Column column, String kind, boolean isLeftOut, String why) {
  private static final int LEAST = 20; // records to judge by
  private static final int FEW = 12;
  private static final double LARGE = 100_000;
  private static final int LEAST_VECTOR = 8;
  private static final int LONG_TEXT = 100;
  private static final double NEARLY_ALL = 0.95;
  private static final String ID = "(.*_)?(id|ids|uuid|guid|key|hash|code|sku|zip)";
  private static final String USER =
      "(.*_)?(user|uid|visitor|customer|member|client|viewer|account|device|cookie|session)(_(id|uuid|key|hash|name))?";
  private static final String ITEM =
      "(.*_)?(item|product|ad|article|doc|document|movie|video|song|track|listing|sku|content|creative|news|post|page)(_(id|uuid|key|hash|name))?";

  /** Guesses by names and values. */
  static FieldDraft of(Column column, List<SampledRecord> records, Optional<LabelColumn> label) {
    Optional<String> flaw = flaw(column, records, label);
    String kind = kind(column);
    String values =
        kind.equals("vector")
            ? "%s numbers each".formatted(column.vectorSize())
            : kind.equals("numeric")
                ? "from %s to %s".formatted(text(column.least()), text(column.most()))
                : String.format(Locale.ROOT, "%,d values", column.distinct());
    String share = column.present() == records.size() ? "" : share(column, records.size());
    return new FieldDraft(
        column, kind, flaw.isPresent(), flaw.orElse(values + share + looks(column, kind)));
  }

  boolean isUser() {
    return kind.equals("categorical") && column.words().matches(USER);
  }

  boolean isItem() {
    return kind.equals("categorical") && column.words().matches(ITEM);
  }

  private static String looks(Column column, String kind) {
    if (new FieldDraft(column, kind, false, "").isItem()) {
      return "; looks like what is shown";
    }
    return kind.equals("categorical") && column.isNumber() && !column.isBoolean()
        ? column.words().matches(ID) || column.distinct() > FEW
            ? "; numbers that only name something"
            : "; few numbers, taken as names"
        : "";
  }

  /** As many numbers in each record, hardly any of which comes twice. */
  private static boolean isVector(Column column) {
    return column.vectorSize() >= LEAST_VECTOR
        && column.present() > 1
        && !column.isWhole()
        && column.distinct() > column.values().size() / 2;
  }

  private static String kind(Column column) {
    if (isVector(column)) {
      return "vector";
    }
    if (column.isList()) {
      return "multi";
    }
    if (column.isBoolean() || !column.isNumber() || column.words().matches(ID)) {
      return "categorical";
    }
    FieldDraft named = new FieldDraft(column, "categorical", false, "");
    boolean isName = named.isUser() || named.isItem();
    boolean isFew = column.distinct() <= FEW && column.values().size() >= LEAST;
    boolean isLarge = column.least() >= LARGE && column.distinct() > FEW;
    return column.isWhole() && (isName || isFew || isLarge) ? "categorical" : "numeric";
  }

  /** What speaks against learning from it. */
  private static Optional<String> flaw(
      Column column, List<SampledRecord> records, Optional<LabelColumn> label) {
    if (records.size() < LEAST) {
      return Optional.empty();
    }
    if (label.isPresent() && isOnlyWithPositives(column, records, label.get())) {
      return Optional.of("left out: only positives have it, so it gives the label away");
    }
    if (column.distinct() == 1 && column.present() == records.size() && !column.isList()) {
      return Optional.of("left out: %s in every record".formatted(shown(column.first())));
    }
    FieldDraft named = new FieldDraft(column, "categorical", false, "");
    boolean isOwn = column.distinct() >= NEARLY_ALL * column.present() && column.present() >= LEAST;
    if (column.isText()
        && !column.isNumber()
        && !column.isList()
        && !named.isUser()
        && !named.isItem()
        && (isOwn || column.meanLength() > LONG_TEXT)) {
      return Optional.of("left out: a text of its own in nearly every record");
    }
    return TimeColumn.of(column)
        .filter(TimeColumn::isNamedSo)
        .map(time -> "left out: a time, which never comes again; write its hour or an age instead");
  }

  private static boolean isOnlyWithPositives(
      Column column, List<SampledRecord> records, LabelColumn label) {
    boolean always =
        records.stream()
            .filter(record -> record.values().containsKey(column.path()))
            .allMatch(label::isPositive);
    long negatives = records.stream().filter(record -> !label.isPositive(record)).count();
    return always && negatives >= LEAST;
  }

  private static String share(Column column, int records) {
    return String.format(
        Locale.ROOT, ", in %.0f %% of the records", 100.0 * column.present() / records);
  }

  private static String shown(Object value) {
    String text = value.toString().replaceAll("\\p{Cntrl}", " ");
    return text.length() > 40 ? text.substring(0, 40) + "…" : text;
  }

  private static String text(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }
}
