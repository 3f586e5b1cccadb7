package io.freshet.feature;

import io.freshet.config.option.Section;

/**
 * A kind of field, as it is declared once.
 *
 * @param name as configurations and manifests have it
 * @param sentence says what it is
 * @param type of its fields
 * @param reader makes one of the options that only this kind has
 */
record FieldKind(String name, String sentence, Class<? extends Field> type, Reader reader) {
  /** Reads a field of this kind. */
  @FunctionalInterface
  interface Reader {
    Field read(String name, int number, Section options);
  }
}
