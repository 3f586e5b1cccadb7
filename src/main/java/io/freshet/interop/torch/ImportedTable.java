package io.freshet.interop.torch;

import static io.freshet.interop.torch.TensorFile.ANY;

import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.NumericField;
import io.freshet.feature.ValueHash;
import io.freshet.interop.torch.ImportMapping.FieldTensors;
import io.freshet.model.ModelSettings;
import io.freshet.model.row.RowBlock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The rows of one field in a tensor file: the vectors and first-order weights of its values, or
 * those that a number is multiplied with.
 *
 * <p>A missing value, unless the vocabulary has an entry for it, and the knots of a number have
 * rows of zeros: they add nothing until the stream has taught them.
 */
final class ImportedTable {
  private static final int BLOCK_ROWS = 4096;
  private static final int KNOTS = 8;
  private static final long NONE = Fids.BIAS; // never a row of a field

  private final TensorFile file;
  private final FieldTensors from;
  private final int width;
  private final int size; // of a vector in the file, the rest of a row being 0
  private final long[] fids; // of the tensors' rows
  private final long[] zeros; // ids of rows of zeros

  private ImportedTable(
      TensorFile file, FieldTensors from, Shape shape, long[] fids, long[] zeros) {
    this.file = file;
    this.from = from;
    width = shape.width;
    size = shape.size;
    this.fids = fids;
    this.zeros = zeros;
  }

  /**
   * Of a row.
   *
   * @param width floats of it
   * @param size of the vector that it holds
   */
  private record Shape(int width, int size) {}

  /**
   * Checks the tensors and reads the vocabulary.
   *
   * @param folder that the vocabulary's name is relative to
   */
  static ImportedTable of(
      TensorFile file, FieldTensors from, Field field, ModelSettings model, Path folder)
      throws IOException {
    int k = model.embeddingSize(field.number());
    Shape shape = new Shape(1 + model.embeddingSize(), k);
    if (!field.shares().isEmpty()) {
      return shared(file, from, field, shape);
    }
    if (from.embedding().isPresent() != model.kind().embeds()) {
      throw wrong(
          field,
          "a model of kind %s has %s, so embedding has to be %s",
          model.kind().key(),
          k == 0 ? "none" : "vectors of " + k,
          k == 0 ? "left out" : "given");
    }
    if (from.embedding().isEmpty() && from.firstOrder().isEmpty()) {
      throw wrong(field, "names no tensor; expected first-order");
    }
    if (field.carriesNumber()) {
      return number(file, from, field, shape);
    }
    if (!field.namesValues() && !(field instanceof NumericField)) {
      throw wrong(
          field,
          "is %s; expected a categorical, multi or numeric field. Leave it out, and it is learned",
          field.describe());
    }
    return values(file, from, field, shape, folder);
  }

  /** A field with the rows of another is in the mapping for its place in the network's input. */
  private static ImportedTable shared(TensorFile file, FieldTensors from, Field field, Shape shape)
      throws IOException {
    if (from.embedding().isPresent()
        || from.firstOrder().isPresent()
        || from.vocabulary().isPresent()) {
      throw wrong(field, "has the rows of %s; expected its name alone", field.shares());
    }
    return new ImportedTable(
        file, from, shape, new long[0], new long[] {Fids.missing(field.number())});
  }

  private static ImportedTable number(TensorFile file, FieldTensors from, Field field, Shape shape)
      throws IOException {
    long k = shape.size;
    if (from.vocabulary().isPresent()) {
      throw wrong(field, "carries a number, which has no vocabulary: leave that out");
    }
    if (from.embedding().isPresent()) {
      file.shape(from.embedding().get(), List.of(List.of(k, 1L), List.of(1L, k), List.of(k)));
    }
    if (from.firstOrder().isPresent()) {
      file.shape(from.firstOrder().get(), List.of(List.of(1L, 1L), List.of(1L)));
    }
    long[] zeros = new long[1 + KNOTS];
    zeros[KNOTS] = Fids.missing(field.number());
    for (int knot = 0; knot < KNOTS; knot++) {
      zeros[knot] = Fids.knot(field.number(), knot);
    }
    return new ImportedTable(file, from, shape, new long[] {Fids.number(field.number())}, zeros);
  }

  private static ImportedTable values(
      TensorFile file, FieldTensors from, Field field, Shape shape, Path folder)
      throws IOException {
    long k = shape.size;
    if (from.vocabulary().isEmpty()) {
      throw wrong(field, "has no vocabulary; expected a file of its values, or integers");
    }
    long n = ANY;
    if (from.embedding().isPresent()) {
      n = file.shape(from.embedding().get(), List.of(List.of(ANY, k))).get(0);
    }
    if (from.firstOrder().isPresent()) {
      n = file.shape(from.firstOrder().get(), List.of(List.of(n, 1L), List.of(n))).get(0);
    }
    String[] values = Vocabulary.of(from, folder, Math.toIntExact(n));
    checkEntries(field, from, values);
    long[] fids = new long[values.length];
    for (int row = 0; row < fids.length; row++) {
      String value = values[row];
      if (value == null || from.skip().contains(value)) {
        fids[row] = NONE;
      } else if (from.missing().equals(Optional.of(value))) {
        fids[row] = Fids.missing(field.number());
      } else {
        fids[row] = Fids.of(field.number(), ValueHash.of(value));
      }
    }
    long[] zeros =
        from.missing().isEmpty() ? new long[] {Fids.missing(field.number())} : new long[0];
    return new ImportedTable(file, from, shape, fids, zeros);
  }

  private static void checkEntries(Field field, FieldTensors from, String[] values)
      throws IOException {
    List<String> entries = Arrays.asList(values);
    if (from.missing().isPresent() && !entries.contains(from.missing().get())) {
      throw wrong(field, "the vocabulary has no entry \"%s\" for missing", from.missing().get());
    }
    for (String skipped : from.skip()) {
      if (!entries.contains(skipped)) {
        throw wrong(field, "the vocabulary has no entry \"%s\" to skip", skipped);
      }
    }
  }

  private static IOException wrong(Field field, String how, Object... what) {
    return new IOException("field " + field.name() + ": " + how.formatted(what));
  }

  /** Ids of the rows. */
  long[] fids() {
    long[] all = Arrays.copyOf(zeros, zeros.length + fids.length);
    System.arraycopy(fids, 0, all, zeros.length, fids.length);
    return Arrays.stream(all).filter(fid -> fid != NONE).toArray();
  }

  /** Takes rows as they are read. */
  interface Rows {
    void take(RowBlock rows) throws IOException;
  }

  void read(Rows to) throws IOException {
    to.take(new RowBlock(zeros, new long[zeros.length], new float[zeros.length * width]));
    float[] vectors = new float[BLOCK_ROWS * size];
    float[] weights = new float[BLOCK_ROWS];
    for (int row = 0; row < fids.length; row += BLOCK_ROWS) {
      int n = Math.min(BLOCK_ROWS, fids.length - row);
      if (from.embedding().isPresent()) {
        file.read(from.embedding().get(), (long) row * size, vectors, n * size);
      }
      if (from.firstOrder().isPresent()) {
        file.read(from.firstOrder().get(), row, weights, n);
      }
      to.take(block(row, n, vectors, weights));
    }
  }

  private RowBlock block(int from, int n, float[] vectors, float[] weights) {
    long[] ids = new long[n];
    float[] values = new float[n * width];
    int rows = 0;
    for (int i = 0; i < n; i++) {
      if (fids[from + i] != NONE) {
        ids[rows] = fids[from + i];
        values[rows * width] = weights[i];
        System.arraycopy(vectors, i * size, values, rows * width + 1, size);
        rows++;
      }
    }
    return new RowBlock(
        Arrays.copyOf(ids, rows), new long[rows], Arrays.copyOf(values, rows * width));
  }
}
