package io.freshet.job.source;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Click;
import io.freshet.feature.EncodedImpression;
import io.freshet.job.deadletter.DeadLetterCodec;
import io.freshet.job.source.SourceRecord.Dead;
import io.freshet.job.source.SourceRecord.Good;
import io.freshet.job.source.SourceRecord.Names;
import io.freshet.job.source.SourceRecord.Past;
import io.freshet.job.source.SourceRecord.Tick;
import io.freshet.join.operator.ClickCodec;
import io.freshet.join.operator.EncodedImpressionCodec;
import io.freshet.join.operator.LabeledExampleCodec;
import io.freshet.wire.WireCodec;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What leaves the sources, for when the router is not chained to its source. */
public abstract sealed class SourceRecordCodec<T> implements WireCodec<SourceRecord<T>> {
  public static final WireType<SourceRecord<EncodedImpression>> IMPRESSIONS =
      WireType.of(recordClass(), OfImpressions.class);
  public static final WireType<SourceRecord<Click>> CLICKS =
      WireType.of(recordClass(), OfClicks.class);

  private static final byte GOOD = 1;
  private static final byte DEAD = 2;
  private static final byte TICK = 3;
  private static final byte NAMES = 4;
  private static final byte PAST = 5;

  private final DeadLetterCodec letters = new DeadLetterCodec();
  private final LabeledExampleCodec examples = new LabeledExampleCodec();
  private final WireCodec<T> values;

  private SourceRecordCodec(WireCodec<T> values) {
    this.values = requireNonNull(values, "values");
  }

  /** Records of the impressions topic. */
  public static final class OfImpressions extends SourceRecordCodec<EncodedImpression> {
    public OfImpressions() {
      super(new EncodedImpressionCodec());
    }
  }

  /** Records of the clicks topic. */
  public static final class OfClicks extends SourceRecordCodec<Click> {
    public OfClicks() {
      super(new ClickCodec());
    }
  }

  @Override
  public void write(SourceRecord<T> record, DataOutputView out) throws IOException {
    if (record instanceof Good<T> good) {
      out.writeByte(GOOD);
      out.writeLong(good.timestamp());
      out.writeInt(good.ignored());
      out.writeInt(good.partition());
      out.writeLong(good.offset());
      values.write(good.value(), out);
    } else if (record instanceof Dead<T> dead) {
      out.writeByte(DEAD);
      letters.write(dead.letter(), out);
    } else if (record instanceof Names<T> names) {
      out.writeByte(NAMES);
      out.writeInt(names.texts().size());
      for (Map.Entry<Long, String> text : names.texts().entrySet()) {
        out.writeLong(text.getKey());
        out.writeUTF(text.getValue());
      }
    } else if (record instanceof Past<T> past) {
      out.writeByte(PAST);
      examples.write(past.example(), out);
    } else {
      out.writeByte(TICK);
      out.writeLong(record.timestamp());
    }
  }

  @Override
  public SourceRecord<T> read(DataInputView in, int version) throws IOException {
    byte kind = in.readByte();
    return switch (kind) {
      case GOOD -> readGood(in, version);
      case DEAD -> new Dead<>(letters.read(in, version));
      case TICK -> new Tick<>(in.readLong());
      case NAMES -> readNames(in);
      case PAST -> new Past<>(examples.read(in, version));
      default -> throw new IOException("a source record cannot be of kind " + kind);
    };
  }

  private static <T> Names<T> readNames(DataInputView in) throws IOException {
    Map<Long, String> texts = new HashMap<>();
    for (int n = in.readInt(); n > 0; n--) {
      texts.put(in.readLong(), in.readUTF());
    }
    return new Names<>(texts);
  }

  private Good<T> readGood(DataInputView in, int version) throws IOException {
    long timestamp = in.readLong();
    int ignored = in.readInt();
    int partition = in.readInt();
    long offset = in.readLong();
    return new Good<>(values.read(in, version), timestamp, ignored, partition, offset);
  }

  @SuppressWarnings("unchecked") // erasure: one class stands for every T
  private static <T> Class<SourceRecord<T>> recordClass() {
    return (Class<SourceRecord<T>>) (Class<?>) SourceRecord.class;
  }
}
