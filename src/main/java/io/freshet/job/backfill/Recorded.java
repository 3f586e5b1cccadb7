package io.freshet.job.backfill;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Click;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Origin;
import io.freshet.feature.example.RecordedId;

/** A record of a recording. */
public sealed interface Recorded {

  /** Event time in the join, epoch milliseconds. */
  long time();

  /** The record as one pass has it: by another id, and earlier by the shift. */
  Recorded inPass(int pass, long shift);

  /** An impression. */
  record Shown(EncodedImpression impression) implements Recorded {
    public Shown {
      requireNonNull(impression, "impression");
    }

    @Override
    public long time() {
      return impression.timestamp();
    }

    @Override
    public Recorded inPass(int pass, long shift) {
      return new Shown(
          impression.as(new RecordedId(pass, shift, impression.id()).text(), time() - shift));
    }
  }

  /** A click or another action. */
  record Acted(Click click) implements Recorded {
    public Acted {
      requireNonNull(click, "click");
    }

    @Override
    public long time() {
      return click.timestamp();
    }

    @Override
    public Recorded inPass(int pass, long shift) {
      String id = new RecordedId(pass, shift, click.impressionId()).text();
      return new Acted(new Click(id, time() - shift, click.action()));
    }
  }

  /** A labeled example. It is not joined; while there are any, the join's time stays at 0. */
  record Labeled(LabeledExample example) implements Recorded {
    public Labeled {
      requireNonNull(example, "example");
    }

    @Override
    public long time() {
      return 0;
    }

    @Override
    public Recorded inPass(int pass, long shift) {
      return new Labeled(example.recorded(example.impressionId(), origin(pass)));
    }
  }

  /** Where the examples of a pass come from. */
  static Origin origin(int pass) {
    return pass == 1 ? Origin.RECORDED : Origin.REPEATED;
  }
}
