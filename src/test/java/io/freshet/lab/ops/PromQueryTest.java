package io.freshet.lab.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.ops.PromQuery.LabelMatch;
import io.freshet.lab.ops.PromQuery.Selector;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PromQueryTest {
  @Test
  void usageExample() {
    PromQuery query =
        PromQuery.parse(
            "sum by (code, le) (rate(hits_total{code=~\"5..|429\",job=\"a}b\"}[5m])) > 0.5 * misses"
                + " and on (x) up");

    assertThat(query.selectors())
        .containsExactly(
            new Selector(
                "hits_total",
                List.of(
                    new LabelMatch("code", "=~", "5..|429"), new LabelMatch("job", "=", "a}b"))),
            new Selector("misses", List.of()),
            new Selector("up", List.of()));
    assertThat(query.groupings()).containsExactly("code", "le", "x");
  }

  @Test
  void conditionsAreThoseOfPrometheus() {
    assertThat(new LabelMatch("a", "=~", "5..").accepts("503")).isTrue();
    assertThat(new LabelMatch("a", "=~", "5..").accepts("5030")).isFalse();
    assertThat(new LabelMatch("a", "!=", "x").accepts("x")).isFalse();
    assertThat(new LabelMatch("a", "!~", "x|y").accepts("z")).isTrue();
  }
}
