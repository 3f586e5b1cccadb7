package io.freshet.lab.bench.serving;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.model.ModelKind;
import io.freshet.snapshot.format.DataFile.DenseFile;
import io.freshet.snapshot.format.DataFile.EmbeddingFile;
import io.freshet.snapshot.format.Labels;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Manifest.Kind;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.Storage;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A snapshot root of a factorization machine of any size, whose files are generated when they are
 * read: a full, then deltas that each replace one row in a hundred.
 */
final class GeneratedSnapshots implements Storage {
  static final int FIELDS = 39;
  static final int WIDTH = 11;
  private static final int FILE_ROWS = 500_000;
  private static final int EVERY = 100; // a delta's rows
  private static final String LINEAGE = "00b34c40";
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          IntStream.rangeClosed(1, FIELDS)
              .<Field>mapToObj(number -> new CategoricalField("f" + number, number))
              .toList(),
          "f1");

  private final long rowsOfField;
  private final Map<String, byte[]> small = new HashMap<>();

  GeneratedSnapshots(long rows) {
    rowsOfField = Math.max(1, rows / FIELDS);
    publish(1);
  }

  long rows() {
    return FIELDS * rowsOfField;
  }

  long changes(int number) {
    return (rows() - number % EVERY + EVERY - 1) / EVERY;
  }

  /** The id of a field's value, from 0 to below {@link #ofField}. */
  static long fid(int field, long value) {
    return Fids.of(field, 2 + value);
  }

  /** Rows of each field. */
  long ofField() {
    return rowsOfField;
  }

  static Version version(int number) {
    return new Version(LINEAGE, number);
  }

  /** Makes a version the current one; the first is the full. */
  synchronized void publish(int number) {
    List<EmbeddingFile> files = new ArrayList<>();
    for (int file = 0; file < files(number); file++) {
      byte[] bytes = rowFile(number, file);
      long rows = fids(number, file).length;
      files.add(new EmbeddingFile("rows-" + file, bytes.length, sha256(bytes), rows, 0));
    }
    byte[] dense = denseFile();
    Manifest manifest =
        new Manifest(
            "generated",
            number == 1 ? Kind.FULL : Kind.DELTA,
            version(number),
            number == 1 ? Optional.empty() : Optional.of(version(number - 1)),
            Optional.empty(),
            Instant.EPOCH,
            new Manifest.Model(ModelKind.FM.key(), WIDTH - 1, List.of(), 0),
            SCHEMA,
            new Manifest.UnknownIds(Manifest.UnknownIds.START_ROW, 1),
            new DenseFile("dense", dense.length, sha256(dense), List.of(), 0),
            files,
            List.of(),
            Map.of(),
            Map.of(),
            1,
            Labels.CLICK,
            List.of(),
            List.of(),
            Optional.empty());
    small.put(version(number) + "/" + Manifest.FILE, manifest.toJson());
    small.put(version(number) + "/dense", dense);
    String latest = "{\"format\":\"%s\",\"version\":\"%s\"}";
    small.put("latest.json", latest.formatted(Manifest.FORMAT, version(number)).getBytes(UTF_8));
  }

  private int files(int number) {
    return number == 1 ? Math.toIntExact((rows() + FILE_ROWS - 1) / FILE_ROWS) : 1;
  }

  /** The ids of a file, ascending by field. */
  private long[] fids(int number, int file) {
    int step = number == 1 ? 1 : EVERY;
    long from = number == 1 ? (long) file * FILE_ROWS : number % EVERY;
    long to = number == 1 ? Math.min(rows(), from + FILE_ROWS) : rows();
    long[] fids = new long[Math.toIntExact((to - from + step - 1) / step)];
    for (int i = 0; i < fids.length; i++) {
      long row = from + (long) i * step;
      fids[i] = fid((int) (row / rowsOfField) + 1, row % rowsOfField);
    }
    return fids;
  }

  private byte[] rowFile(int number, int file) {
    long[] fids = fids(number, file);
    int n = fids.length;
    long ids = 8L * n;
    long end = 2 * ids + 4L * n * WIDTH;
    String header =
        """
        {"fids":{"dtype":"I64","shape":[%s],"data_offsets":[0,%s]},\
        "updates":{"dtype":"I64","shape":[%s],"data_offsets":[%s,%s]},\
        "rows":{"dtype":"F32","shape":[%s,%s],"data_offsets":[%s,%s]}}\
        """
            .formatted(n, ids, n, ids, 2 * ids, n, WIDTH, 2 * ids, end);
    ByteBuffer out = begin(header, end);
    for (long fid : fids) {
      out.putLong(fid);
    }
    out.position((int) (out.position() + ids)); // updates: none
    SplittableRandom random = new SplittableRandom(31L * number + file);
    for (int i = 0; i < n * WIDTH; i++) {
      out.putFloat((float) random.nextDouble() - 0.5f);
    }
    return out.array();
  }

  private static byte[] denseFile() {
    return begin("{}", 0).array();
  }

  private static ByteBuffer begin(String header, long data) {
    byte[] bytes = header.getBytes(UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(Math.toIntExact(8 + bytes.length + data))
            .order(ByteOrder.LITTLE_ENDIAN);
    return out.putLong(bytes.length).put(bytes);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public List<String> list(String folder) {
    return List.of();
  }

  @Override
  public boolean exists(String path) {
    return small.containsKey(path);
  }

  @Override
  public long size(String path) throws FileNotFoundException {
    return content(path).length;
  }

  @Override
  public InputStream open(String path) throws FileNotFoundException {
    return new ByteArrayInputStream(content(path));
  }

  private synchronized byte[] content(String path) throws FileNotFoundException {
    byte[] bytes = small.get(path);
    if (bytes != null) {
      return bytes;
    }
    String[] parts = path.split("/rows-");
    if (parts.length != 2) {
      throw new FileNotFoundException(path);
    }
    int number = (int) Version.parse(parts[0]).orElseThrow().checkpoint();
    return rowFile(number, Integer.parseInt(parts[1]));
  }

  @Override
  public String toString() {
    return "generated snapshots";
  }
}
