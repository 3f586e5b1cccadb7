package io.freshet.snapshot.publish;

import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.write.PublisherInput;
import io.freshet.snapshot.write.PublisherInputCodec;
import io.freshet.wire.Primitives;
import io.freshet.wire.WireCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * How a {@link PublisherState} lies in a checkpoint. Public for the serializer only.
 *
 * <p>Version 1 knew neither the run, nor windows, nor rows that are not finite; 2 no cuts that are
 * withheld; 3 not the shape.
 */
public final class PublisherStateCodec implements WireCodec<PublisherState> {
  private static final String UNKNOWN_RUN = "";

  @Override
  public int version() {
    return 4;
  }

  @Override
  public void write(PublisherState state, DataOutputView out) throws IOException {
    out.writeUTF(state.lineage());
    out.writeLong(state.ownUpTo());
    out.writeUTF(state.published().map(Version::toString).orElse(""));
    out.writeInt(state.cuts().size());
    for (CheckpointContents cut : state.cuts()) {
      writeCut(cut, out);
    }
    out.writeUTF(state.run());
    out.writeInt(state.windows().size());
    for (PublisherInput.Window window : state.windows()) {
      PublisherInputCodec.writeWindow(window, out);
    }
    out.writeUTF(state.shape());
  }

  @Override
  public PublisherState read(DataInputView in, int version) throws IOException {
    String lineage = in.readUTF();
    long ownUpTo = in.readLong();
    Optional<Version> published = Version.parse(in.readUTF());
    List<CheckpointContents> cuts = new ArrayList<>();
    for (int n = in.readInt(); n > 0; n--) {
      cuts.add(readCut(in, version));
    }
    String run = version > 1 ? in.readUTF() : UNKNOWN_RUN;
    List<PublisherInput.Window> windows = new ArrayList<>();
    for (int n = version > 1 ? in.readInt() : 0; n > 0; n--) {
      windows.add(PublisherInputCodec.readWindow(in));
    }
    String shape = version > 3 ? in.readUTF() : "";
    return new PublisherState(lineage, run, ownUpTo, published, cuts, windows, shape);
  }

  private static void writeCut(CheckpointContents cut, DataOutputView out) throws IOException {
    out.writeLong(cut.checkpoint());
    out.writeLong(cut.eventTime());
    out.writeInt(cut.parts().size());
    for (PublisherInput.Part part : cut.parts()) {
      PublisherInputCodec.writePart(part, out);
    }
    PublisherInputCodec.writeMetrics(cut.metrics(), out);
    out.writeInt(cut.offsets().size());
    for (Map.Entry<String, Long> offset : cut.offsets().entrySet()) {
      out.writeUTF(offset.getKey());
      out.writeLong(offset.getValue());
    }
    out.writeBoolean(cut.withheld());
    out.writeBoolean(cut.dense().isPresent());
    if (cut.dense().isPresent()) {
      writeDense(cut.dense().get(), out);
    }
  }

  private static CheckpointContents readCut(DataInputView in, int version) throws IOException {
    long checkpoint = in.readLong();
    long eventTime = in.readLong();
    List<PublisherInput.Part> parts = new ArrayList<>();
    for (int n = in.readInt(); n > 0; n--) {
      parts.add(PublisherInputCodec.readPart(in, version > 1));
    }
    Map<String, Double> metrics = PublisherInputCodec.readMetrics(in);
    Map<String, Long> offsets = new HashMap<>();
    for (int n = in.readInt(); n > 0; n--) {
      offsets.put(in.readUTF(), in.readLong());
    }
    boolean withheld = version > 2 && in.readBoolean();
    Optional<CheckpointContents.Dense> dense =
        in.readBoolean() ? Optional.of(readDense(in)) : Optional.empty();
    return new CheckpointContents(checkpoint, parts, dense, metrics, offsets, eventTime, withheld);
  }

  private static void writeDense(CheckpointContents.Dense dense, DataOutputView out)
      throws IOException {
    out.writeLong(dense.examples());
    out.writeInt(dense.values().length);
    Primitives.writeFloats(dense.values(), 0, dense.values().length, out);
  }

  private static CheckpointContents.Dense readDense(DataInputView in) throws IOException {
    long examples = in.readLong();
    float[] values = new float[in.readInt()];
    Primitives.readFloats(values, 0, values.length, in);
    return new CheckpointContents.Dense(values, examples);
  }
}
