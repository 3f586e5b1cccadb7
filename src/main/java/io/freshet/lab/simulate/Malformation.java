package io.freshet.lab.simulate;

import io.freshet.lab.stream.EventRecord.Topic;
import java.nio.charset.StandardCharsets;

/** Ways in which producers get a record wrong. */
enum Malformation {
  EMPTY {
    @Override
    String of(String id, long time, String features) {
      return "";
    }
  },
  NOT_JSON {
    @Override
    String of(String id, long time, String features) {
      return "impression " + id + " at " + time;
    }
  },
  CUT_OFF {
    @Override
    String of(String id, long time, String features) {
      return "{\"impression_id\":\"" + id + "\",\"timest";
    }
  },
  WITHOUT_ID {
    @Override
    String of(String id, long time, String features) {
      return "{\"timestamp\":" + time + features + "}";
    }
  },
  WITHOUT_TIME {
    @Override
    String of(String id, long time, String features) {
      return "{\"impression_id\":\"" + id + "\"" + features + "}";
    }
  },
  TIME_IN_WORDS {
    @Override
    String of(String id, long time, String features) {
      return event(id, "\"yesterday\"", features);
    }
  },
  TIME_IN_SECONDS {
    @Override
    String of(String id, long time, String features) {
      return event(id, Long.toString(time / 1000), features);
    }
  },
  TIME_AHEAD {
    @Override
    String of(String id, long time, String features) {
      return event(id, Long.toString(time + YEAR), features);
    }
  };

  private static final long YEAR = 365L * 86_400_000;

  /** A bad record, like an event of the topic except for one thing. */
  byte[] bytes(Topic topic, String id, long time) {
    String features = topic == Topic.IMPRESSIONS ? ",\"features\":{\"user\":\"u0\"}" : "";
    return of(id, time, features).getBytes(StandardCharsets.UTF_8);
  }

  abstract String of(String id, long time, String features);

  private static String event(String id, String time, String features) {
    return "{\"impression_id\":\"" + id + "\",\"timestamp\":" + time + features + "}";
  }
}
