package io.freshet.lab.bench.quality;

import io.freshet.event.DecodeResult;
import io.freshet.event.FeatureValues;
import io.freshet.event.Impression;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.history.Histories;
import io.freshet.feature.history.LocalHistories;
import io.freshet.lab.replay.mapping.ReplayRow;
import java.io.IOException;
import java.util.Iterator;

/** The examples of a stream, encoded and their sequences filled as the job does it. */
final class StreamExamples implements Iterator<LabeledExample> {
  private final Iterator<ReplayRow> rows;
  private final ExampleEncoder encoder;
  private final LocalHistories histories;
  private int left;

  /**
   * @param most examples
   */
  StreamExamples(StreamData data, FeatureSchema schema, int most) throws IOException {
    rows = data.rows();
    encoder = new ExampleEncoder(schema);
    histories = new LocalHistories(Histories.of(schema));
    left = most;
  }

  @Override
  public boolean hasNext() {
    return left > 0 && rows.hasNext();
  }

  @Override
  public LabeledExample next() {
    left--;
    ReplayRow row = rows.next();
    FeatureValues features = FeatureValues.of(encoder.names(), row.features());
    var encoded = encoder.encode(new Impression(row.id(), row.time(), 1, features));
    if (encoded instanceof DecodeResult.Rejected<EncodedImpression> rejected) {
      throw new IllegalStateException(row.id() + ": " + rejected.rejection().reason());
    }
    float label = row.clicked() ? 1 : 0;
    var impression = ((DecodeResult.Good<EncodedImpression>) encoded).value();
    return histories.next(impression.labeled(label, row.time()));
  }
}
