package io.freshet.serve.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.freshet.config.option.ConfigException;
import io.freshet.serve.models.ModelSpec.Disk;
import io.freshet.serve.predict.Split;
import io.freshet.snapshot.format.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelsSpecTest {

  @Test
  void everythingThatCanBeSaid() {
    ModelsSpec spec =
        ModelsSpec.parse(
            """
            models:
              - name: ctr
                root: s3://bucket/ctr
              - {name: next, root: /srv/next}
              - name: wide
                root: /srv/wide
                store: rocksdb
                store-dir: /var/lib/freshet/wide
                store-memory: 512
                version: 48b77a33-0000000004
            splits:
              - name: ads
                by: user
                shares: {ctr: 92.5, wide: 7.5}
                shadows: [next]
            """,
            "models.yaml");

    assertThat(spec.models())
        .containsExactly(
            new ModelSpec(
                Optional.of("ctr"), "s3://bucket/ctr", Optional.empty(), Optional.empty()),
            new ModelSpec(Optional.of("next"), "/srv/next", Optional.empty(), Optional.empty()),
            new ModelSpec(
                Optional.of("wide"),
                "/srv/wide",
                Optional.of(new Disk(Path.of("/var/lib/freshet/wide"), 512L << 20)),
                Optional.of(new Version("48b77a33", 4))));
    assertThat(spec.splits())
        .containsExactly(
            new SplitSpec(
                List.of("ctr", "wide"),
                new Split("ads", Optional.of("user"), List.of(9250, 10_000)),
                List.of("next")));
  }

  @Test
  void theDocumentationsExampleIsOne() throws IOException {
    String page = Files.readString(Path.of("src/docs/serving.md"));
    String yaml = page.replaceFirst("(?s).*?```yaml\n(.*?)```.*", "$1");

    ModelsSpec spec = ModelsSpec.parse(yaml, "serving.md");

    assertThat(spec.models()).hasSize(3);
    assertThat(spec.splits().get(0).split().arm("u17")).isZero();
  }

  @Test
  void everyMistakeIsNamedWithItsLine() {
    ConfigException refused =
        catchThrowableOfType(
            ConfigException.class,
            () ->
                ModelsSpec.parse(
                    """
                    models:
                      - name: ctr
                        root: /srv/ctr
                        version: latest
                      - name: ctr
                        root: /srv/wide
                        store: rocksdb
                      - name: disk
                        root: /srv/disk
                        store: rocksdb
                        store-dir: /rows
                      - name: other
                        rot: /srv/other
                        store: rocksdb
                        store-dir: /rows/../rows
                    splits:
                      - name: ads
                        by: user
                        shares: {ctr: 90, next: 10}
                        shadows: [ctr]
                      - name: shop
                        by: user
                        shares: {ctr: 90, disk: 9}
                    """,
                    "models.yaml"));

    assertThat(refused.problems())
        .map(
            problem -> problem.replaceFirst(": .*", "") + problem.replaceFirst(".*models.yaml", ""))
        .containsExactly(
            "models[1].version:4:14)",
            "models[2].store-dir:5:5)",
            "models[2].name:5:11)",
            "models[4].root:12:5)",
            "models[4].rot:13:5)",
            "models[4].store-dir:15:16)",
            "splits[1].shares.next:19:29)",
            "splits[1].shadows:20:14)",
            "splits[2]:21:5)");
    assertThat(refused.getMessage())
        .contains(
            "latest is not allowed; expected current, or a version such as",
            "name: ctr is there twice",
            "/rows/../rows is another model's; expected a folder for each",
            "no such model; expected one of: ctr, disk, other",
            "shadows: ctr is not a model that has no share; expected any of: disk, other",
            "the shares add up to 99; expected 100");
  }
}
