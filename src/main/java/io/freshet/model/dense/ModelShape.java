package io.freshet.model.dense;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.feature.SequenceField;
import io.freshet.model.ModelSettings;
import io.freshet.model.NetworkSettings;
import io.freshet.model.Sizes;
import io.freshet.model.input.Attention;
import io.freshet.model.input.NetworkInputs;
import io.freshet.model.input.Projection;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What parameters in state are parameters of: the model's fields in the order of their indexes, and
 * the sizes of its deep part.
 *
 * <p>A job may go on from the state of another shape: {@link #after}. A field that was not there
 * before is <em>late</em>, permanently: its features start with rows of zeros, so that nothing is
 * predicted differently when it is added. {@link DenseReshape} says what happens to the deep part.
 *
 * @param fields in the order of their indexes
 */
public record ModelShape(int embeddingSize, NetworkSettings network, List<Member> fields) {
  private static final String LATE = "+";
  private static final String SHARES = "=";

  /**
   * A field.
   *
   * @param late whether it came to a model that had learned without it
   * @param shares whether it has the rows of another field
   * @param attends units of the layer by which it attends to a target; 0 for none
   * @param size of the embeddings in its rows; 0 for that of the model
   */
  public record Member(int number, boolean late, boolean shares, int attends, int size) {
    private static final Pattern TEXT = Pattern.compile("(\\d+)(=?)(?:~(\\d+))?(?:/(\\d+))?(\\+?)");

    /** A field that does not attend, with embeddings of the model's size. */
    public Member(int number, boolean late, boolean shares) {
      this(number, late, shares, 0, 0);
    }

    /**
     * A field that was there from the start.
     *
     * @param size of the embeddings in its rows
     */
    public static Member of(Field field, int size, int embeddingSize) {
      int attends = field instanceof SequenceField s && s.attends() ? s.attention().units() : 0;
      int own = size < embeddingSize ? size : 0;
      return new Member(field.number(), false, !field.shares().isEmpty(), attends, own);
    }

    static Member parse(String text) {
      Matcher m = TEXT.matcher(text);
      if (!m.matches()) {
        throw new IllegalArgumentException("not a field of a model: " + text);
      }
      return new Member(
          Integer.parseInt(m.group(1)),
          !m.group(5).isEmpty(),
          !m.group(2).isEmpty(),
          number(m.group(3)),
          number(m.group(4)));
    }

    private static int number(String text) {
      return text == null ? 0 : Integer.parseInt(text);
    }

    String text() {
      return number
          + (shares ? SHARES : "")
          + (attends > 0 ? "~" + attends : "")
          + (size > 0 ? "/" + size : "")
          + (late ? LATE : "");
    }

    /** The same of a model where it does not attend. */
    public Member withoutAttention() {
      return new Member(number, late, shares, 0, size);
    }

    /** The same of a model that has it from the start, or not. */
    public Member as(boolean isLate) {
      return new Member(number, isLate, shares, attends, size);
    }
  }

  public ModelShape {
    fields = List.copyOf(fields);
  }

  /** The shape of a model that starts from nothing. */
  public static ModelShape of(FeatureSchema schema, ModelSettings model) {
    int k = model.embeddingSize();
    return new ModelShape(
        k,
        model.network(),
        schema.fields().stream()
            .map(field -> Member.of(field, model.embeddingSize(field.number()), k))
            .toList());
  }

  /** The same of a model that goes on from another's parameters; equal to that if it is one. */
  public ModelShape after(ModelShape earlier) {
    return new ModelShape(embeddingSize, network, fields.stream().map(earlier::known).toList());
  }

  private Member known(Member field) {
    int index = index(field.number());
    return field.as(index < 0 || fields.get(index).late());
  }

  /** The index of a field, or -1. */
  int index(int number) {
    for (int index = 0; index < fields.size(); index++) {
      if (fields.get(index).number() == number) {
        return index;
      }
    }
    return -1;
  }

  public Set<Integer> lateFields() {
    return fields.stream()
        .filter(Member::late)
        .map(Member::number)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Offsets in the vector of dense parameters. */
  public DenseShape dense() {
    List<Attention> attentions =
        fields.stream()
            .filter(field -> field.attends() > 0)
            .map(field -> new Attention(field.number(), field.attends()))
            .toList();
    List<Projection> projections =
        fields.stream()
            .filter(field -> field.size() > 0)
            .map(field -> new Projection(field.number(), field.size()))
            .toList();
    return DenseShape.of(
        new NetworkInputs(fields.size(), embeddingSize, attentions, projections), network, false);
  }

  /**
   * Written out, for state: {@code 16;64,32;0;1/4,2,7+,8=}, sizes of fields, and late and sharing
   * ones marked. A dense part of a form or sizes of its own adds these: {@code
   * ;/experts=4/low-rank=32}, and a model of several tasks the names of all but the first: {@code
   * ;/;purchase,return}.
   */
  public String text() {
    String numbers = fields.stream().map(Member::text).collect(Collectors.joining(","));
    String hidden =
        network.hiddenLayers().stream().map(String::valueOf).collect(Collectors.joining(","));
    String own = network.form() + "/" + network.sizes().text();
    String plain = "%s;%s;%s;%s".formatted(embeddingSize, hidden, network.crossLayers(), numbers);
    if (!network.tasks().isEmpty()) {
      return plain + ";" + own + ";" + String.join(",", network.tasks());
    }
    return own.equals("/") ? plain : plain + ";" + own;
  }

  /** Reads what {@link #text} wrote. */
  public static ModelShape parse(String text) {
    String[] parts = text.split(";", -1);
    if (parts.length < 4 || parts.length > 6) {
      throw new IllegalArgumentException("not the shape of a model: " + text);
    }
    List<Member> fields = items(parts[3]).stream().map(Member::parse).toList();
    String[] own = (parts.length > 4 ? parts[4] : "/").split("/", 2);
    NetworkSettings network =
        new NetworkSettings(
            own[0],
            items(parts[1]).stream().map(Integer::valueOf).toList(),
            Integer.parseInt(parts[2]),
            Sizes.parse(own[1]),
            parts.length == 6 ? items(parts[5]) : List.of());
    return new ModelShape(Integer.parseInt(parts[0]), network, fields);
  }

  private static List<String> items(String list) {
    return list.isEmpty() ? List.of() : Arrays.asList(list.split(",", -1));
  }
}
