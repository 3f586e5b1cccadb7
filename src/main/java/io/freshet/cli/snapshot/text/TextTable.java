package io.freshet.cli.snapshot.text;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows of text in columns as wide as their widest cell. */
public final class TextTable {
  private static final String GAP = "  ";

  private final String alignments;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * A table without rows.
   *
   * @param alignments a letter a column: {@code l} or {@code r}
   */
  public TextTable(String alignments) {
    this.alignments = alignments;
  }

  public TextTable row(String... cells) {
    if (cells.length != alignments.length()) {
      throw new IllegalArgumentException(
          "%s cells for %s columns".formatted(cells.length, alignments.length()));
    }
    rows.add(List.of(cells));
    return this;
  }

  public void print(PrintWriter out) {
    int[] widths = new int[alignments.length()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String space = " ".repeat(widths[i] - row.get(i).length());
        boolean left = alignments.charAt(i) == 'l';
        line.append(left ? row.get(i) + space : space + row.get(i)).append(GAP);
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
