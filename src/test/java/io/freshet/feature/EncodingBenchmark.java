package io.freshet.feature;

import io.freshet.event.EventSettings;
import io.freshet.event.Impression;
import io.freshet.event.ImpressionDecoder;
import io.freshet.event.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Impressions that one core decodes and encodes: 13 numbers and 26 names each, in JSON. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class EncodingBenchmark {
  private static final int NAMES = 26;
  private static final int NUMBERS = 13;
  private static final long TIME = 1_700_000_000_000L;

  private final byte[][] records = new byte[4096][];
  private final List<Impression> decoded = new ArrayList<>();
  private ImpressionDecoder decoder;
  private ExampleEncoder encoder;
  private int next;

  @Setup
  public void draw() {
    List<Field> fields = new ArrayList<>();
    for (int i = 1; i <= NAMES; i++) {
      fields.add(new Field.Categorical("c" + i, i));
    }
    for (int i = 1; i <= NUMBERS; i++) {
      fields.add(new Field.Numeric("n" + i, NAMES + i, new Field.Transform.Log()));
    }
    encoder = new ExampleEncoder(new FeatureSchema(fields, "c1"));
    decoder = new ImpressionDecoder(EventSettings.DEFAULT, encoder.names());
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < records.length; i++) {
      records[i] = impression(i, random).getBytes(StandardCharsets.UTF_8);
      decoded.add(good(decoder.decode(records[i], TIME)));
    }
  }

  private static String impression(int id, SplittableRandom random) {
    StringJoiner features = new StringJoiner(",", "{", "}");
    for (int i = 1; i <= NAMES; i++) {
      features.add("\"c%d\":\"%s\"".formatted(i, Long.toString(random.nextInt(40_000), 36)));
    }
    for (int i = 1; i <= NUMBERS; i++) {
      features.add("\"n%d\":%d.0".formatted(i, random.nextInt(1000)));
    }
    return "{\"impression_id\":\"impression-%d\",\"timestamp\":%d,\"features\":%s}"
        .formatted(id, TIME, features);
  }

  @Benchmark
  public EncodedImpression decodeAndEncode() {
    return good(encoder.encode(good(decoder.decode(record(), TIME))));
  }

  @Benchmark
  public Impression decode() {
    return good(decoder.decode(record(), TIME));
  }

  @Benchmark
  public EncodedImpression encode() {
    return good(encoder.encode(decoded.get(next++ & records.length - 1)));
  }

  private byte[] record() {
    return records[next++ & records.length - 1];
  }

  private static <T> T good(Outcome<T> outcome) {
    return ((Outcome.Good<T>) outcome).value();
  }
}
