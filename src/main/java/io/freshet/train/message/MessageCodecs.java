package io.freshet.train.message;

import static io.freshet.train.message.SizedArrays.readFloats;
import static io.freshet.train.message.SizedArrays.readInts;
import static io.freshet.train.message.SizedArrays.readLongs;
import static io.freshet.train.message.SizedArrays.writeFloats;
import static io.freshet.train.message.SizedArrays.writeInts;
import static io.freshet.train.message.SizedArrays.writeLongs;

import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.model.batch.ExampleAttributes;
import io.freshet.model.batch.Predictions;
import io.freshet.model.dense.DenseBlock;
import io.freshet.model.row.RowBlock;
import io.freshet.model.row.TableCounts;
import io.freshet.train.SkippedExample;
import io.freshet.wire.Primitives;
import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** How what the loop tells of its work travels: a few numbers, then whole arrays. */
public final class MessageCodecs {
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

    private static void writeTraits(ExampleAttributes traits, DataOutputView out)
        throws IOException {
      out.writeInt(traits.trainer());
      out.writeLong(traits.checkpoint());
      writeLongs(traits.users(), out);
      writeInts(traits.starts(), out);
      writeLongs(traits.slices(), out);
      out.writeInt(traits.ids().length);
      for (String id : traits.ids()) {
        StringValue.writeString(id, out);
      }
    }

    private static ExampleAttributes readTraits(DataInputView in) throws IOException {
      int trainer = in.readInt();
      long checkpoint = in.readLong();
      long[] users = readLongs(in);
      int[] starts = readInts(in);
      long[] slices = readLongs(in);
      String[] ids = new String[in.readInt()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = StringValue.readString(in);
      }
      return new ExampleAttributes(trainer, checkpoint, users, starts, slices, ids);
    }
  }

  /** Skipped examples. */
  public static final class SkippedExampleCodec implements WireCodec<SkippedExample> {
    @Override
    public void write(SkippedExample skipped, DataOutputView out) throws IOException {
      LabeledExample labelled = skipped.example();
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
          new LabeledExample(impressionId, time, label, weight, example, kind, laterShare, scored),
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
}
