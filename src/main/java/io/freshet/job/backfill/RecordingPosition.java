package io.freshet.job.backfill;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * How far a {@link RecordingSource} is read.
 *
 * @param pass from 1
 * @param place in the pass; empty at its beginning
 */
record RecordingPosition(int pass, List<Long> place) implements SourceSplit {
  static final RecordingPosition START = new RecordingPosition(1, List.of());

  /** After the last pass. */
  static final RecordingPosition END = new RecordingPosition(Integer.MAX_VALUE, List.of());

  RecordingPosition {
    place = List.copyOf(place);
  }

  @Override
  public String splitId() {
    return "recording";
  }

  /** A position in state. */
  static final class Serializer implements SimpleVersionedSerializer<RecordingPosition> {
    private static final int VERSION = 1;

    @Override
    public int getVersion() {
      return VERSION;
    }

    @Override
    public byte[] serialize(RecordingPosition position) throws IOException {
      DataOutputSerializer out = new DataOutputSerializer(64);
      out.writeInt(position.pass());
      out.writeInt(position.place().size());
      for (long each : position.place()) {
        out.writeLong(each);
      }
      return out.getCopyOfBuffer();
    }

    @Override
    public RecordingPosition deserialize(int version, byte[] bytes) throws IOException {
      if (version != VERSION) {
        throw new IOException(
            "position in a recording: version %s is unknown; expected %s"
                .formatted(version, VERSION));
      }
      DataInputDeserializer in = new DataInputDeserializer(bytes);
      int pass = in.readInt();
      List<Long> place = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        place.add(in.readLong());
      }
      return new RecordingPosition(pass, place);
    }
  }
}
