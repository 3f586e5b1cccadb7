package io.freshet.train;

import io.freshet.feature.Example;
import io.freshet.feature.LabelledExample;
import io.freshet.feature.LabelledExample.Kind;
import io.freshet.model.DenseBlock;
import io.freshet.model.Predictions;
import io.freshet.model.RowBlock;
import io.freshet.model.TableCounts;
import io.freshet.model.Traits;
import io.freshet.train.Answer.DenseSlices;
import io.freshet.train.Answer.Rows;
import io.freshet.train.ShardRequest.Lookup;
import io.freshet.train.ShardRequest.Occurrences;
import io.freshet.train.ShardRequest.RowDelta;
import io.freshet.wire.Primitives;
import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** How the loop's messages travel: a few numbers, then whole arrays. */
public final class MessageCodecs {
  static final WireType<ShardRequest> SHARD_REQUEST =
      WireType.of(ShardRequest.class, ShardRequestCodec.class);
  static final WireType<Answer> ANSWER = WireType.of(Answer.class, AnswerCodec.class);
  static final WireType<DenseDelta> DENSE_DELTA =
      WireType.of(DenseDelta.class, DenseDeltaCodec.class);

  public static final WireType<Predictions> PREDICTIONS =
      WireType.of(Predictions.class, PredictionsCodec.class);
  public static final WireType<SkippedExample> SKIPPED_EXAMPLE =
      WireType.of(SkippedExample.class, SkippedExampleCodec.class);
  public static final WireType<RowBlock> ROW_BLOCK =
      WireType.of(RowBlock.class, RowBlockCodec.class);
  public static final WireType<TableCounts> TABLE_COUNTS =
      WireType.of(TableCounts.class, TableCountsCodec.class);
  public static final WireType<DenseBlock> DENSE_BLOCK =
      WireType.of(DenseBlock.class, DenseBlockCodec.class);

  private MessageCodecs() {}

  /** Lookups, row deltas and occurrences. */
  public static final class ShardRequestCodec implements WireCodec<ShardRequest> {
    private static final int LOOKUP = 0;
    private static final int ROW_DELTA = 1;
    private static final int OCCURRENCES = 2;

    @Override
    public void write(ShardRequest request, DataOutputView out) throws IOException {
      if (request instanceof Lookup lookup) {
        out.writeByte(LOOKUP);
        writeReplyTo(lookup.replyTo(), out);
        out.writeInt(lookup.parallelism());
        out.writeInt(lookup.maxParallelism());
        out.writeLong(lookup.batch());
        out.writeInt(lookup.part());
        writeLongs(lookup.fids(), out);
      } else if (request instanceof RowDelta delta) {
        out.writeByte(ROW_DELTA);
        out.writeLong(delta.time());
        writeLongs(delta.fids(), out);
        Primitives.writeLongs(delta.base(), 0, delta.fids().length, out);
        Primitives.writeInts(delta.counts(), 0, delta.fids().length, out);
        writeInts(delta.lives(), out);
        writeFloats(delta.deltas(), out);
      } else if (request instanceof Occurrences occurrences) {
        out.writeByte(OCCURRENCES);
        out.writeLong(occurrences.time());
        writeLongs(occurrences.fids(), out);
        Primitives.writeInts(occurrences.counts(), 0, occurrences.fids().length, out);
        Primitives.writeInts(occurrences.news(), 0, occurrences.fids().length, out);
        for (boolean won : occurrences.won()) {
          out.writeBoolean(won);
        }
      }
    }

    @Override
    public ShardRequest read(DataInputView in, int version) throws IOException {
      int kind = in.readByte();
      return switch (kind) {
        case LOOKUP -> readLookup(in);
        case ROW_DELTA -> readDelta(in);
        case OCCURRENCES -> readOccurrences(in);
        default -> throw new IOException("no request has kind " + kind);
      };
    }

    private static Occurrences readOccurrences(DataInputView in) throws IOException {
      long time = in.readLong();
      long[] fids = readLongs(in);
      int[] counts = new int[fids.length];
      Primitives.readInts(counts, 0, counts.length, in);
      int[] news = new int[fids.length];
      Primitives.readInts(news, 0, news.length, in);
      boolean[] won = new boolean[fids.length];
      for (int i = 0; i < won.length; i++) {
        won[i] = in.readBoolean();
      }
      return new Occurrences(fids, time, counts, news, won);
    }

    private static Lookup readLookup(DataInputView in) throws IOException {
      return new Lookup(
          readReplyTo(in), in.readInt(), in.readInt(), in.readLong(), in.readInt(), readLongs(in));
    }

    private static RowDelta readDelta(DataInputView in) throws IOException {
      long time = in.readLong();
      long[] fids = readLongs(in);
      long[] base = new long[fids.length];
      Primitives.readLongs(base, 0, base.length, in);
      int[] counts = new int[fids.length];
      Primitives.readInts(counts, 0, counts.length, in);
      return new RowDelta(fids, time, base, counts, readInts(in), readFloats(in));
    }
  }

  /** Rows and merged slices. */
  public static final class AnswerCodec implements WireCodec<Answer> {
    private static final int ROWS = 0;
    private static final int DENSE_SLICES = 1;

    @Override
    public void write(Answer answer, DataOutputView out) throws IOException {
      out.writeByte(answer instanceof Rows ? ROWS : DENSE_SLICES);
      writeReplyTo(answer.replyTo(), out);
      if (answer instanceof Rows rows) {
        out.writeLong(rows.batch());
        out.writeInt(rows.part());
        writeLongs(rows.updates(), out);
        writeInts(rows.lives(), out);
        writeFloats(rows.values(), out);
      } else if (answer instanceof DenseSlices dense) {
        writeInts(dense.slices(), out);
        writeArrays(dense.values(), out);
      }
    }

    @Override
    public Answer read(DataInputView in, int version) throws IOException {
      int kind = in.readByte();
      ReplyTo replyTo = readReplyTo(in);
      return kind == ROWS
          ? new Rows(
              replyTo, in.readLong(), in.readInt(), readLongs(in), readInts(in), readFloats(in))
          : new DenseSlices(replyTo, readInts(in), readArrays(in));
    }
  }

  /** Dense deltas. */
  public static final class DenseDeltaCodec implements WireCodec<DenseDelta> {
    @Override
    public void write(DenseDelta delta, DataOutputView out) throws IOException {
      writeReplyTo(delta.replyTo(), out);
      out.writeInt(delta.trainers());
      out.writeLong(delta.examples());
      writeInts(delta.slices(), out);
      writeArrays(delta.deltas(), out);
    }

    @Override
    public DenseDelta read(DataInputView in, int version) throws IOException {
      return new DenseDelta(
          readReplyTo(in), in.readInt(), in.readLong(), readInts(in), readArrays(in));
    }
  }

  /** Predictions. */
  public static final class PredictionsCodec implements WireCodec<Predictions> {
    @Override
    public void write(Predictions predictions, DataOutputView out) throws IOException {
      int n = predictions.size();
      writeLongs(predictions.times(), out);
      Primitives.writeFloats(predictions.labels(), 0, n, out);
      Primitives.writeFloats(predictions.weights(), 0, n, out);
      Primitives.writeFloats(predictions.probabilities(), 0, n, out);
      out.writeInt(predictions.learned());
      out.writeLong(predictions.occurrences());
      writeLongs(predictions.scoredKeys(), out);
      Primitives.writeFloats(predictions.scores(), 0, predictions.scores().length, out);
      writeTraits(predictions.traits(), out);
    }

    @Override
    public Predictions read(DataInputView in, int version) throws IOException {
      long[] times = readLongs(in);
      float[][] columns = new float[3][times.length];
      for (float[] column : columns) {
        Primitives.readFloats(column, 0, column.length, in);
      }
      int learned = in.readInt();
      long occurrences = in.readLong();
      long[] scored = readLongs(in);
      float[] scores = new float[scored.length];
      Primitives.readFloats(scores, 0, scores.length, in);
      return new Predictions(
          times,
          columns[0],
          columns[1],
          columns[2],
          learned,
          occurrences,
          scored,
          scores,
          readTraits(in));
    }

    private static void writeTraits(Traits traits, DataOutputView out) throws IOException {
      out.writeInt(traits.trainer());
      out.writeLong(traits.checkpoint());
      writeLongs(traits.users(), out);
      writeInts(traits.starts(), out);
      writeLongs(traits.slices(), out);
      out.writeInt(traits.ids().length);
      for (String id : traits.ids()) {
        StringValue.writeString(id, out);
      }
      out.writeInt(traits.names().size());
      for (Map.Entry<Long, String> name : traits.names().entrySet()) {
        out.writeLong(name.getKey());
        StringValue.writeString(name.getValue(), out);
      }
    }

    private static Traits readTraits(DataInputView in) throws IOException {
      int trainer = in.readInt();
      long checkpoint = in.readLong();
      long[] users = readLongs(in);
      int[] starts = readInts(in);
      long[] slices = readLongs(in);
      String[] ids = new String[in.readInt()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = StringValue.readString(in);
      }
      Map<Long, String> names = new HashMap<>();
      for (int n = in.readInt(); n > 0; n--) {
        names.put(in.readLong(), StringValue.readString(in));
      }
      return new Traits(trainer, checkpoint, users, starts, slices, ids, names);
    }
  }

  /** Skipped examples. */
  public static final class SkippedExampleCodec implements WireCodec<SkippedExample> {
    @Override
    public void write(SkippedExample skipped, DataOutputView out) throws IOException {
      LabelledExample labelled = skipped.example();
      StringValue.writeString(skipped.reason(), out);
      StringValue.writeString(labelled.impressionId(), out);
      out.writeLong(labelled.time());
      out.writeFloat(labelled.label());
      out.writeFloat(labelled.weight());
      out.writeByte(labelled.kind().ordinal());
      out.writeFloat(labelled.laterShare());
      out.writeBoolean(labelled.scored());
      out.writeLong(labelled.example().user());
      writeLongs(labelled.example().fids(), out);
      writeFloats(labelled.example().values(), out);
    }

    @Override
    public SkippedExample read(DataInputView in, int version) throws IOException {
      String reason = StringValue.readString(in);
      String impressionId = StringValue.readString(in);
      long time = in.readLong();
      float label = in.readFloat();
      float weight = in.readFloat();
      Kind kind = Kind.values()[in.readByte()];
      float laterShare = in.readFloat();
      boolean scored = in.readBoolean();
      Example example = new Example(in.readLong(), readLongs(in), readFloats(in));
      return new SkippedExample(
          new LabelledExample(impressionId, time, label, weight, example, kind, laterShare, scored),
          reason);
    }
  }

  /** Finished rows. */
  public static final class RowBlockCodec implements WireCodec<RowBlock> {
    @Override
    public void write(RowBlock block, DataOutputView out) throws IOException {
      writeLongs(block.fids(), out);
      Primitives.writeLongs(block.updates(), 0, block.size(), out);
      writeFloats(block.values(), out);
      writeLongs(block.removed(), out);
    }

    @Override
    public RowBlock read(DataInputView in, int version) throws IOException {
      long[] fids = readLongs(in);
      long[] updates = new long[fids.length];
      Primitives.readLongs(updates, 0, updates.length, in);
      return new RowBlock(fids, updates, readFloats(in), readLongs(in));
    }
  }

  /** What the table gained and lost. */
  public static final class TableCountsCodec implements WireCodec<TableCounts> {
    @Override
    public void write(TableCounts counts, DataOutputView out) throws IOException {
      out.writeLong(counts.rows());
      out.writeLong(counts.admitted());
      out.writeLong(counts.expired());
      out.writeLong(counts.evicted());
      out.writeLong(counts.goneUpdates());
      out.writeLong(counts.notAdmitted());
      out.writeLong(counts.dropped());
    }

    @Override
    public TableCounts read(DataInputView in, int version) throws IOException {
      return new TableCounts(
          in.readLong(),
          in.readLong(),
          in.readLong(),
          in.readLong(),
          in.readLong(),
          in.readLong(),
          in.readLong());
    }
  }

  /** Finished slices. */
  public static final class DenseBlockCodec implements WireCodec<DenseBlock> {
    @Override
    public void write(DenseBlock block, DataOutputView out) throws IOException {
      out.writeInt(block.from());
      out.writeLong(block.examples());
      writeFloats(block.values(), out);
    }

    @Override
    public DenseBlock read(DataInputView in, int version) throws IOException {
      int from = in.readInt();
      long examples = in.readLong();
      return new DenseBlock(from, readFloats(in), examples);
    }
  }

  private static void writeReplyTo(ReplyTo replyTo, DataOutputView out) throws IOException {
    out.writeLong(replyTo.channel().getMostSignificantBits());
    out.writeLong(replyTo.channel().getLeastSignificantBits());
    out.writeInt(replyTo.trainer());
    out.writeUTF(replyTo.location());
  }

  private static ReplyTo readReplyTo(DataInputView in) throws IOException {
    return new ReplyTo(new UUID(in.readLong(), in.readLong()), in.readInt(), in.readUTF());
  }

  private static void writeLongs(long[] values, DataOutputView out) throws IOException {
    out.writeInt(values.length);
    Primitives.writeLongs(values, 0, values.length, out);
  }

  private static long[] readLongs(DataInputView in) throws IOException {
    long[] values = new long[in.readInt()];
    Primitives.readLongs(values, 0, values.length, in);
    return values;
  }

  private static void writeInts(int[] values, DataOutputView out) throws IOException {
    out.writeInt(values.length);
    Primitives.writeInts(values, 0, values.length, out);
  }

  private static int[] readInts(DataInputView in) throws IOException {
    int[] values = new int[in.readInt()];
    Primitives.readInts(values, 0, values.length, in);
    return values;
  }

  private static void writeArrays(float[][] arrays, DataOutputView out) throws IOException {
    out.writeInt(arrays.length);
    for (float[] values : arrays) {
      writeFloats(values, out);
    }
  }

  private static float[][] readArrays(DataInputView in) throws IOException {
    float[][] arrays = new float[in.readInt()][];
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = readFloats(in);
    }
    return arrays;
  }

  private static void writeFloats(float[] values, DataOutputView out) throws IOException {
    out.writeInt(values.length);
    Primitives.writeFloats(values, 0, values.length, out);
  }

  private static float[] readFloats(DataInputView in) throws IOException {
    float[] values = new float[in.readInt()];
    Primitives.readFloats(values, 0, values.length, in);
    return values;
  }
}
