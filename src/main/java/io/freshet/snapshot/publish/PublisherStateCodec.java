package io.freshet.snapshot.publish;

import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.gauge.PublishedGaugeCodec;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.CheckpointContents.Dense;
import io.freshet.snapshot.write.PublisherInput.Part;
import io.freshet.snapshot.write.PublisherInput.Window;
import io.freshet.wire.codec.Codec;
import io.freshet.wire.codec.PrimitiveArrays;
import io.freshet.wire.codec.StateCodec;
import io.freshet.wire.codec.Values;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The state format of the publisher. Version 1 had no gauge, 2 no incomplete lineages. The last
 * byte's second bit says that windows of further tasks follow, the third that parts of histories
 * do, of each unpublished checkpoint.
 */
public final class PublisherStateCodec extends StateCodec<PublisherState> {
  private static final int INCOMPLETE = 1;
  private static final int OF_TASKS = 2;
  private static final int OF_HISTORIES = 4;
  private static final Codec<String> TEXT = Codec.of(Values::writeString, Values::readString);
  private static final Codec<Double> FIGURE =
      Codec.of((figure, out) -> out.writeDouble(figure), DataInput::readDouble);
  private static final Codec<Long> OFFSET =
      Codec.of((offset, out) -> out.writeLong(offset), DataInput::readLong);
  private static final Codec<Part> PART =
      Codec.of(PublisherStateCodec::writePart, PublisherStateCodec::readPart);
  private static final Codec<Window> WINDOW =
      Codec.of(PublisherStateCodec::writeWindow, PublisherStateCodec::readWindow);
  private static final Codec<List<Window>> WINDOWS =
      Codec.of(
          (windows, out) -> Values.writeList(windows, WINDOW, out),
          in -> Values.readList(in, WINDOW));
  private static final Codec<Dense> DENSE =
      Codec.of(
          PublisherStateCodec::writeDense, in -> readDense(in, PublishedGaugeCodec.INSTANCE::read));
  private static final Codec<Dense> DENSE_1 =
      Codec.of(PublisherStateCodec::writeDense, in -> readDense(in, none -> PublishedGauge.NONE));
  private static final Codec<CheckpointContents> CUT =
      Codec.of(PublisherStateCodec::writeCut, in -> readCut(in, DENSE));
  private static final Codec<CheckpointContents> CUT_1 =
      Codec.of(PublisherStateCodec::writeCut, in -> readCut(in, DENSE_1));

  public PublisherStateCodec() {
    super("publisher-state", 3, PublisherState.class);
  }

  @Override
  public void write(PublisherState state, DataOutput out) throws IOException {
    Values.writeString(state.lineage(), out);
    Values.writeString(state.run(), out);
    out.writeLong(state.ownUpTo());
    Values.writeString(state.published().map(Version::toString).orElse(""), out);
    Values.writeList(state.unpublished(), CUT, out);
    Values.writeList(state.windows(), WINDOW, out);
    Values.writeString(state.shape(), out);
    boolean hasTasks = !state.taskWindows().isEmpty();
    boolean hasHistories = state.unpublished().stream().anyMatch(c -> !c.histories().isEmpty());
    out.writeByte(
        (state.incomplete() ? INCOMPLETE : 0)
            | (hasTasks ? OF_TASKS : 0)
            | (hasHistories ? OF_HISTORIES : 0));
    if (hasTasks) {
      Values.writeMap(state.taskWindows(), TEXT, WINDOWS, out);
    }
    if (hasHistories) {
      for (CheckpointContents contents : state.unpublished()) {
        Values.writeList(contents.histories(), PART, out);
      }
    }
  }

  @Override
  public PublisherState read(DataInput in, int version) throws IOException {
    String lineage = Values.readString(in);
    String run = Values.readString(in);
    long ownUpTo = in.readLong();
    Optional<Version> published = Version.parse(Values.readString(in));
    List<CheckpointContents> unpublished = Values.readList(in, version == 1 ? CUT_1 : CUT);
    List<Window> windows = Values.readList(in, WINDOW);
    String shape = Values.readString(in);
    int last = version >= 3 ? in.readUnsignedByte() : 0;
    Map<String, List<Window>> ofTasks =
        (last & OF_TASKS) == 0 ? Map.of() : Values.readMap(in, TEXT, WINDOWS);
    if ((last & OF_HISTORIES) != 0) {
      for (int i = 0; i < unpublished.size(); i++) {
        unpublished.set(i, unpublished.get(i).withHistories(Values.readList(in, PART)));
      }
    }
    return new PublisherState(
        lineage,
        run,
        ownUpTo,
        published,
        unpublished,
        (last & INCOMPLETE) != 0,
        windows,
        shape,
        ofTasks);
  }

  private static void writeCut(CheckpointContents cut, DataOutput out) throws IOException {
    out.writeLong(cut.checkpoint());
    Values.writeList(cut.parts(), PART, out);
    Values.writeOptional(cut.dense(), DENSE, out);
    Values.writeMap(cut.metrics(), TEXT, FIGURE, out);
    Values.writeMap(cut.offsets(), TEXT, OFFSET, out);
    out.writeLong(cut.eventTime());
    out.writeBoolean(cut.withheld());
  }

  private static CheckpointContents readCut(DataInput in, Codec<Dense> dense) throws IOException {
    return new CheckpointContents(
        in.readLong(),
        Values.readList(in, PART),
        Values.readOptional(in, dense),
        Values.readMap(in, TEXT, FIGURE),
        Values.readMap(in, TEXT, OFFSET),
        in.readLong(),
        in.readBoolean());
  }

  private static void writePart(Part part, DataOutput out) throws IOException {
    Values.writeString(part.path(), out);
    out.writeLong(part.size());
    Values.writeString(part.sha256(), out);
    out.writeLong(part.rows());
    out.writeLong(part.updates());
    out.writeLong(part.nonFinite());
  }

  private static Part readPart(DataInput in) throws IOException {
    return new Part(
        Values.readString(in),
        in.readLong(),
        Values.readString(in),
        in.readLong(),
        in.readLong(),
        in.readLong());
  }

  private static void writeWindow(Window window, DataOutput out) throws IOException {
    out.writeLong(window.to());
    out.writeLong(window.examples());
    out.writeDouble(window.weight());
    out.writeDouble(window.positives());
    out.writeDouble(window.logloss());
    out.writeDouble(window.calibration());
  }

  private static Window readWindow(DataInput in) throws IOException {
    return new Window(
        in.readLong(),
        in.readLong(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble());
  }

  private static void writeDense(Dense dense, DataOutput out) throws IOException {
    PrimitiveArrays.writeFloats(dense.values(), out);
    out.writeLong(dense.examples());
    PublishedGaugeCodec.INSTANCE.write(dense.gauge(), out);
  }

  private static Dense readDense(DataInput in, Codec.Reader<PublishedGauge> gauge)
      throws IOException {
    return new Dense(PrimitiveArrays.readFloats(in), in.readLong(), gauge.read(in));
  }
}
