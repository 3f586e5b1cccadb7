package io.freshet.event.decode;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Click;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import io.freshet.event.RejectedException;
import io.freshet.event.json.JsonRecords;
import io.freshet.event.parse.FieldErrors;
import io.freshet.event.parse.RecordParser;
import io.freshet.event.parse.Tokens;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Decodes clicks, as {@code schemas/click.schema.json} describes them: {@code {"impression_id":
 * "…", "timestamp": <epoch ms>, "action": "click"}}.
 *
 * <p>A topic of one action need not name it; in a topic of several each record must.
 */
public final class ClickDecoder extends EventDecoder<Click> {
  private static final int MAX_ACTION_CHARACTERS = 64;
  private static final FeatureNames NONE = new FeatureNames(List.of());

  private final Optional<String> otherwise;
  private String action;

  public ClickDecoder(EventSettings settings) {
    this(settings, Optional.of(Click.CLICK));
  }

  /**
   * A decoder of actions in JSON.
   *
   * @param otherwise the action of records that name none; empty where each must
   */
  public ClickDecoder(EventSettings settings, Optional<String> otherwise) {
    this(settings, otherwise, new JsonRecords(settings.maxBytes()));
  }

  /** A decoder of actions in any format. */
  public ClickDecoder(EventSettings settings, Optional<String> otherwise, RecordParser parser) {
    super(settings, settings.actionMapping(), new PathTree(), new FeaturesDecoder(NONE, 1), parser);
    this.otherwise = requireNonNull(otherwise, "otherwise");
  }

  @Override
  void clear() {
    action = null;
  }

  @Override
  boolean readKey(String key, Tokens record) throws IOException, RejectedException {
    if (!key.equals("action")) {
      return false;
    }
    readAction(record);
    return true;
  }

  @Override
  void readOwn(Tokens record) throws IOException, RejectedException {
    readAction(record);
  }

  private void readAction(Tokens record) throws IOException, RejectedException {
    action = text(mapping().own().text(), record, action, MAX_ACTION_CHARACTERS);
  }

  @Override
  Click event() throws RejectedException {
    if (action == null && otherwise.isEmpty()) {
      throw FieldErrors.missing(
          mapping().own().text(), expected(MAX_ACTION_CHARACTERS) + ", as the topic holds several");
    }
    return new Click(id(), timestamp(), action == null ? otherwise.get() : action);
  }
}
