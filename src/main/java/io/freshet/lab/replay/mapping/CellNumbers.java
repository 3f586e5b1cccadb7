package io.freshet.lab.replay.mapping;

/** Cells taken for numbers. */
final class CellNumbers {
  private CellNumbers() {}

  /** The number in a cell that must hold one. */
  static double number(Row row, String column) throws BadRowException {
    String text = row.cell(column).orElse("");
    return number(column, text);
  }

  static double number(String column, String text) throws BadRowException {
    try {
      double number = Double.parseDouble(text.strip());
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below, as for an infinite one
    }
    throw BadRowException.cell(column, text, "a number");
  }
}
