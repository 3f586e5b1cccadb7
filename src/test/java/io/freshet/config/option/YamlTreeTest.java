package io.freshet.config.option;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.config.option.Node.Mapping;
import io.freshet.config.option.Node.Scalar;
import io.freshet.config.option.Node.Sequence;
import java.util.List;
import org.junit.jupiter.api.Test;

final class YamlTreeTest {
  private final Problems problems = new Problems();

  @Test
  void nodesKnowTheirPlaces() {
    Mapping root = (Mapping) read("a: 1\nb:\n  c: [x,\n    y]\n");

    assertThat(root.entries().get("b").keyPlace()).hasToString("f.yaml:2:1");
    Mapping b = (Mapping) root.entries().get("b").value();
    Sequence c = (Sequence) b.entries().get("c").value();
    assertThat(c.items())
        .containsExactly(
            new Scalar(new Place("f.yaml", 3, 7), "x", false),
            new Scalar(new Place("f.yaml", 4, 5), "y", false));
    assertThat(problems.errors()).isEmpty();
  }

  @Test
  void singleValuesStayAsTheyWereWritten() {
    Mapping root = (Mapping) read("a: 010\nb: 1e-3\nc: 'x'\nd: yes\ne: 1_000\nf: ~\n");

    assertThat(root.entries().values())
        .extracting(e -> ((Scalar) e.value()).text())
        .containsExactly("010", "1e-3", "x", "yes", "1_000", "");
  }

  @Test
  void aliasesAnchorsAndTagsAreRefused() {
    read("a: &x [1]\nb: *x\nc: !!javax.script.ScriptEngineManager [1]\n");

    assertThat(problems.errors())
        .containsExactly(
            "an anchor is not allowed; leave it out (f.yaml:1:4)",
            "an alias is not allowed; write the value itself (f.yaml:2:4)",
            "a tag is not allowed; leave it out (f.yaml:3:4)");
  }

  @Test
  void depthAndLengthAreLimited() {
    read("[".repeat(100) + "]".repeat(100));
    read("x".repeat(YamlTree.MAX_LENGTH + 1));

    assertThat(problems.errors()).hasSize(2);
    assertThat(problems.errors()).anyMatch(p -> p.contains("depth"));
    assertThat(problems.errors()).anyMatch(p -> p.contains("longer than 1048576 characters"));
  }

  @Test
  void whatIsNoYamlIsReportedWithoutQuotingIt() {
    List<String> broken =
        List.of(
            "password: [hunter2\nmore: hunter2",
            "password: \"hunter2\n",
            "password: hunter2: x",
            "\tpassword: hunter2",
            "password: hunter2\u0007",
            "? [hunter2]\n: 1\n",
            "password: hunter2\n - hunter2: x: y\n",
            "password: \"hunter2\\z\"\n",
            "%YAML 7.0 hunter2\n---\n");

    for (String yaml : broken) {
      Problems found = new Problems();
      YamlTree.document(yaml, "f.yaml", found);

      assertThat(found.errors()).as(yaml).hasSize(1);
      assertThat(found.errors().get(0)).matches("not YAML: .+ \\(f.yaml:\\d+:\\d+\\)");
      assertThat(found.errors().get(0)).doesNotContain("hunter2").doesNotContain("\n");
    }
  }

  private Node read(String yaml) {
    return YamlTree.document(yaml, "f.yaml", problems);
  }
}
