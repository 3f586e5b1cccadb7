package io.freshet.job.backfill;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * How far a {@link BackfillSource} has been read.
 *
 * @param pass from 1
 * @param examples of it that have been read
 */
record BackfillPosition(int pass, long examples) implements SourceSplit {
  static final BackfillPosition START = new BackfillPosition(1, 0);

  private static final int VERSION = 1;
  private static final int BYTES = Integer.BYTES + Long.BYTES;

  @Override
  public String splitId() {
    return "history";
  }

  private static void check(int version) throws IOException {
    if (version != VERSION) {
      throw new IOException("a place in a history of version " + version + "; known is " + VERSION);
    }
  }

  /** One, as it lies in state. */
  static final class Serializer implements SimpleVersionedSerializer<BackfillPosition> {
    @Override
    public int getVersion() {
      return VERSION;
    }

    @Override
    public byte[] serialize(BackfillPosition position) throws IOException {
      return new Listed().serialize(List.of(position));
    }

    @Override
    public BackfillPosition deserialize(int version, byte[] bytes) throws IOException {
      return new Listed().deserialize(version, bytes).iterator().next();
    }
  }

  /** Those that no reader has, one or none. */
  static final class Listed implements SimpleVersionedSerializer<Collection<BackfillPosition>> {
    @Override
    public int getVersion() {
      return VERSION;
    }

    @Override
    public byte[] serialize(Collection<BackfillPosition> positions) throws IOException {
      DataOutputSerializer out = new DataOutputSerializer(BYTES * Math.max(1, positions.size()));
      for (BackfillPosition position : positions) {
        out.writeInt(position.pass());
        out.writeLong(position.examples());
      }
      return out.getCopyOfBuffer();
    }

    @Override
    public Collection<BackfillPosition> deserialize(int version, byte[] bytes) throws IOException {
      check(version);
      DataInputDeserializer in = new DataInputDeserializer(bytes);
      List<BackfillPosition> positions = new ArrayList<>();
      while (in.available() > 0) {
        positions.add(new BackfillPosition(in.readInt(), in.readLong()));
      }
      return positions;
    }
  }
}
