package io.freshet.model.gauge;

import io.freshet.model.gauge.PublishedGauge.OfTask;
import io.freshet.wire.codec.Codec;
import io.freshet.wire.codec.Values;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/**
 * The bytes of a published gauge, where state and stores hold one; they never change. An offset
 * that is no number says that those of further tasks come at the end.
 */
public final class PublishedGaugeCodec implements Codec<PublishedGauge> {
  public static final PublishedGaugeCodec INSTANCE = new PublishedGaugeCodec();

  private static final Codec<NumberScale> NUMBER =
      Codec.of(PublishedGaugeCodec::writeNumber, PublishedGaugeCodec::readNumber);
  private static final Codec<Expert> EXPERT =
      Codec.of(PublishedGaugeCodec::writeExpert, PublishedGaugeCodec::readExpert);

  private static final Codec<OfTask> TASK =
      Codec.of(PublishedGaugeCodec::writeTask, PublishedGaugeCodec::readTask);

  private PublishedGaugeCodec() {}

  @Override
  public void write(PublishedGauge gauge, DataOutput out) throws IOException {
    Values.writeList(gauge.numbers(), NUMBER, out);
    if (gauge.tasks() > 1) {
      out.writeDouble(Double.NaN);
    }
    out.writeDouble(gauge.offset());
    Values.writeList(gauge.experts(), EXPERT, out);
    if (gauge.tasks() > 1) {
      Values.writeList(gauge.further(), TASK, out);
    }
  }

  @Override
  public PublishedGauge read(DataInput in) throws IOException {
    List<NumberScale> numbers = Values.readList(in, NUMBER);
    double offset = in.readDouble();
    boolean hasFurther = Double.isNaN(offset);
    return new PublishedGauge(
        numbers,
        hasFurther ? in.readDouble() : offset,
        Values.readList(in, EXPERT),
        hasFurther ? Values.readList(in, TASK) : List.of());
  }

  private static void writeTask(OfTask task, DataOutput out) throws IOException {
    out.writeDouble(task.offset());
    Values.writeList(task.experts(), EXPERT, out);
  }

  private static OfTask readTask(DataInput in) throws IOException {
    return new OfTask(in.readDouble(), Values.readList(in, EXPERT));
  }

  private static void writeNumber(NumberScale number, DataOutput out) throws IOException {
    out.writeDouble(number.unit());
    out.writeDouble(number.mean());
    out.writeDouble(number.deviation());
  }

  private static NumberScale readNumber(DataInput in) throws IOException {
    return new NumberScale(in.readDouble(), in.readDouble(), in.readDouble());
  }

  private static void writeExpert(Expert expert, DataOutput out) throws IOException {
    out.writeDouble(expert.firstOrder());
    out.writeDouble(expert.logit());
    out.writeDouble(expert.weight());
    out.writeDouble(expert.correction());
  }

  private static Expert readExpert(DataInput in) throws IOException {
    return new Expert(in.readDouble(), in.readDouble(), in.readDouble(), in.readDouble());
  }
}
