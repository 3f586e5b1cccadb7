package io.freshet.lab.bench.measure;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Prints figures as they are measured: a table line each, or JSON.
 *
 * @param <F> what a line is about
 */
public final class FigureTable<F> {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintWriter out;
  private final Form form;
  private final List<Column<F>> columns = new ArrayList<>();
  private final List<F> all = new ArrayList<>();

  public enum Form {
    TABLE,
    /** One object at the end: the first figure, with all of them in {@code figures}. */
    OBJECT,
    /** One array at the end. */
    ARRAY,
    /** One object a line, as they are measured. */
    LINES;

    /** This form of JSON if it was asked for, otherwise a table. */
    public Form orTable(boolean json) {
      return json ? this : TABLE;
    }
  }

  /**
   * A column without a key is not in JSON, one without a format not in the table. A value of null
   * is {@code null} in the one and a dash in the other.
   */
  private record Column<F>(String key, String heading, String format, Function<F, ?> value) {
    String head() {
      return text(heading);
    }

    String cell(F figure) {
      Object cell = value.apply(figure);
      return cell == null ? text("-") : String.format(Locale.ROOT, format, cell);
    }

    private String text(String in) {
      return String.format(format.replaceAll("[,+]|\\.\\d+|%%", "").replaceAll("[a-z]$", "s"), in);
    }
  }

  public FigureTable(PrintWriter out, Form form) {
    this.out = out;
    this.form = form;
  }

  /**
   * Adds a column.
   *
   * @param format of one value, with its width, such as {@code %,10.2f}
   */
  public FigureTable<F> column(String key, String heading, String format, Function<F, ?> value) {
    columns.add(new Column<>(key, heading, format, value));
    return this;
  }

  /** Adds a column of the table only. */
  public FigureTable<F> text(String heading, String format, Function<F, ?> value) {
    return column(null, heading, format, value);
  }

  /** Adds a value of JSON only. */
  public FigureTable<F> json(String key, Function<F, ?> value) {
    return column(key, null, null, value);
  }

  /** Prints the headings, once all columns are added. */
  public FigureTable<F> begin() {
    if (form == Form.TABLE) {
      println(row(Column::head));
    }
    return this;
  }

  public void add(F figure) {
    all.add(figure);
    if (form == Form.TABLE) {
      println(row(column -> column.cell(figure)));
    } else if (form == Form.LINES) {
      println(toJson(figure).toString());
    }
  }

  public boolean isEmpty() {
    return all.isEmpty();
  }

  public void end() {
    end(figure -> false);
  }

  /**
   * Prints JSON that comes at the end.
   *
   * @param main the figure that represents all in {@link Form#OBJECT}, in place of the first
   */
  public void end(Predicate<F> main) {
    var figures = JSON.createArrayNode();
    all.forEach(figure -> figures.add(toJson(figure)));
    if (form == Form.ARRAY) {
      println(figures.toString());
    } else if (form == Form.OBJECT) {
      F first = all.stream().filter(main).findFirst().orElse(all.get(0));
      println(toJson(first).set("figures", figures).toString());
    }
  }

  private ObjectNode toJson(F figure) {
    ObjectNode json = JSON.createObjectNode();
    for (Column<F> column : columns) {
      if (column.key() != null) {
        json.set(column.key(), JSON.valueToTree(column.value().apply(figure)));
      }
    }
    return json;
  }

  private String row(Function<Column<F>, String> cell) {
    return columns.stream()
        .filter(column -> column.format() != null)
        .map(cell)
        .reduce((left, right) -> left + " " + right)
        .orElse("");
  }

  private void println(String line) {
    out.println(line);
    out.flush();
  }

  /** To three decimals. */
  public static double rounded(double figure) {
    return Math.round(1000 * figure) / 1000.0;
  }
}
