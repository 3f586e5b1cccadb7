package io.freshet.train.message;

import static io.freshet.train.message.SizedArrays.readArrays;
import static io.freshet.train.message.SizedArrays.readFloats;
import static io.freshet.train.message.SizedArrays.readInts;
import static io.freshet.train.message.SizedArrays.readLongs;
import static io.freshet.train.message.SizedArrays.writeArrays;
import static io.freshet.train.message.SizedArrays.writeFloats;
import static io.freshet.train.message.SizedArrays.writeInts;
import static io.freshet.train.message.SizedArrays.writeLongs;

import io.freshet.train.message.ShardRequest.Lookup;
import io.freshet.train.message.ShardRequest.Occurrences;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardResponse.DenseSlices;
import io.freshet.train.message.ShardResponse.Rows;
import io.freshet.wire.Primitives;
import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** How trainers, shards and mergers talk: a few numbers, then whole arrays. */
public final class LoopCodecs {
  public static final WireType<ShardRequest> SHARD_REQUEST =
      WireType.of(ShardRequest.class, ShardRequestCodec.class);
  public static final WireType<ShardResponse> ANSWER =
      WireType.of(ShardResponse.class, AnswerCodec.class);
  public static final WireType<DenseDelta> DENSE_DELTA =
      WireType.of(DenseDelta.class, DenseDeltaCodec.class);

  private LoopCodecs() {}

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
        writeInts(delta.generations(), out);
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
  public static final class AnswerCodec implements WireCodec<ShardResponse> {
    private static final int ROWS = 0;
    private static final int DENSE_SLICES = 1;

    @Override
    public void write(ShardResponse answer, DataOutputView out) throws IOException {
      out.writeByte(answer instanceof Rows ? ROWS : DENSE_SLICES);
      writeReplyTo(answer.replyTo(), out);
      if (answer instanceof Rows rows) {
        out.writeLong(rows.batch());
        out.writeInt(rows.part());
        writeLongs(rows.updates(), out);
        writeInts(rows.generations(), out);
        writeFloats(rows.values(), out);
      } else if (answer instanceof DenseSlices dense) {
        writeInts(dense.slices(), out);
        writeArrays(dense.values(), out);
      }
    }

    @Override
    public ShardResponse read(DataInputView in, int version) throws IOException {
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

  private static void writeReplyTo(ReplyTo replyTo, DataOutputView out) throws IOException {
    out.writeLong(replyTo.channel().getMostSignificantBits());
    out.writeLong(replyTo.channel().getLeastSignificantBits());
    out.writeInt(replyTo.trainer());
    out.writeUTF(replyTo.location());
  }

  private static ReplyTo readReplyTo(DataInputView in) throws IOException {
    return new ReplyTo(new UUID(in.readLong(), in.readLong()), in.readInt(), in.readUTF());
  }
}
