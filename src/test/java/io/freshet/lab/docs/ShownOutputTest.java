package io.freshet.lab.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ShownOutputTest {
  @Test
  void figuresMayDifferAndWordsMayNot() {
    ShownOutput shown = shown("merged: 3f9a1c07-0000000012, a full of 1,203,118 rows, 72.4 MB");

    assertThat(shown.missingFrom("merged: 00000001-0000000002, a full of 3 rows, 812 B\n"))
        .isEmpty();
    assertThat(shown.missingFrom("merged: 00000001-0000000002, a full of 3 lines, 812 B\n"))
        .hasSize(1);
  }

  @Test
  void aTableMayHaveOtherWidthsMarksAndGaps() {
    ShownOutput shown = shown("3f9a1c07-0000000012  delta  -  12  2026-01-01T00:12:00Z  withheld");

    assertThat(shown.missingFrom("x\n11111111-0000000003  delta  9  3  2025-01-01T00:00:00Z  *"))
        .isEmpty();
    assertThat(shown.missingFrom("11111111-0000000003  whole  9  3  2025-01-01T00:00:00Z"))
        .hasSize(1);
  }

  /** Which version maintenance has merged by now depends on time. */
  @Test
  void aVersionMayBeAFullOrADelta() {
    ShownOutput shown = shown("3f9a1c07-0000000011  full  -  11  2026-01-01T00:12:00Z  9  1.2 MB");

    assertThat(
            shown.missingFrom(
                "1f9a1c07-0000000007  delta, full  1f9a1c07-0000000006  7"
                    + "  2026-01-01T00:12:00Z  90  812 B  *"))
        .isEmpty();
  }

  @Test
  void ofShortenedJsonEveryKeyMustBeThere() {
    ShownOutput shown = shown("{\"predictions\":[0.1],", "\"fields\":[ …", "   {\"total\": 3}]}");

    assertThat(shown.missingFrom("{\"fields\":[{\"total\":2}],\"predictions\":[1]}")).isEmpty();
    assertThat(shown.missingFrom("{\"fields\":[{\"sum\":2}],\"predictions\":[1]}"))
        .containsExactly("\"total\":");
  }

  private static ShownOutput shown(String... lines) {
    return ShownOutput.of(List.of(lines));
  }
}
