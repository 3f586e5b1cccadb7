package io.freshet.cli.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.lab.docs.CommandRun;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.PublisherRig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SnapshotCommandTest {
  @TempDir private static Path sample;
  private static Version full;
  private static Version delta;

  @TempDir private Path root;

  @BeforeAll
  static void writeSample() throws Exception {
    List<Version> versions = PublisherRig.publishSample(sample);
    full = versions.get(0);
    delta = versions.get(1);
  }

  @BeforeEach
  void copySample() throws IOException {
    try (var paths = Files.walk(sample)) {
      for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
        Path copy = root.resolve(sample.relativize(path).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(path, copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  @Test
  void lsListsTheNewestLastAndStarsTheCurrentOne() throws IOException {
    CommandRun run = snapshot("ls", root.toString());

    assertThat(run.code()).isZero();
    assertThat(run.out().lines().map(line -> List.of(line.split(" {2,}"))))
        .containsExactly(
            List.of(
                "VERSION", "KIND", "PARENT", "CHECKPOINT", "EVENT TIME", "ROWS", "SIZE", "LOGLOSS"),
            List.of(full.toString(), "full", "-", "1", "-", "2", size(full), "0.50000"),
            List.of(
                delta.toString(),
                "delta",
                full.toString(),
                "2",
                "2026-01-01T00:00:00Z",
                "1",
                size(delta),
                "0.25000",
                "*"));
  }

  @Test
  void lsIsDataWhereThatIsAskedFor() throws IOException {
    JsonNode versions =
        new ObjectMapper().readTree(snapshot("ls", "--json", root.toString()).out());

    assertThat(versions).hasSize(2);
    assertThat(versions.get(1).get("version").asText()).isEqualTo(delta.toString());
    assertThat(versions.get(1).get("parent").asText()).isEqualTo(full.toString());
    assertThat(versions.get(1).get("current").asBoolean()).isTrue();
    assertThat(versions.get(0).get("current").asBoolean()).isFalse();
    assertThat(versions.get(1).at("/metrics/logloss").asDouble()).isEqualTo(0.25);
  }

  @Test
  void lsSaysWhyAVersionWasWithheld() throws IOException {
    Path manifest = root.resolve(full + "/manifest.json");
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(manifest.toFile());
    json.putArray("withheld").add("recent_ne is 1.2, above 1");
    json.remove("digest");
    Files.writeString(manifest, json.toString());

    assertThat(snapshot("ls", root.toString()).out())
        .containsPattern(full + " .* withheld: recent_ne is 1.2, above 1\\R");
    assertThat(snapshot("ls", "--json", root.toString()).out())
        .contains("\"recent_ne is 1.2, above 1\"");
  }

  @Test
  void lsTakesAFileUri() {
    assertThat(snapshot("ls", root.toUri().toString())).isEqualTo(snapshot("ls", root.toString()));
  }

  @Test
  void lsListsTheOthersBesideAVersionThatCannotBeRead() throws IOException {
    Files.writeString(root.resolve(full + "/manifest.json"), "{");

    CommandRun run = snapshot("ls", root.toString());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).contains(delta.toString());
    assertThat(run.err()).startsWith("snapshot ls: " + full + "/manifest.json");
  }

  @Test
  void lsSaysThatThereIsNothing(@TempDir Path empty) {
    assertThat(snapshot("ls", empty.toString()))
        .isEqualTo(new CommandRun(0, "no versions in %s%n".formatted(empty), ""));
  }

  @Test
  void aRootThatIsNotAFolderHereIsWrongUsage() {
    assertThat(snapshot("ls", root + "/none"))
        .satisfies(run -> assertThat(run.code()).isEqualTo(2))
        .satisfies(run -> assertThat(run.err()).contains("there is no folder " + root + "/none"));
    assertThat(snapshot("ls", "s3://bucket/snapshots"))
        .satisfies(run -> assertThat(run.code()).isEqualTo(2))
        .satisfies(
            run -> assertThat(run.err()).contains("nothing here reads s3://bucket/snapshots"));
  }

  @Test
  void showTellsWhatTheCurrentVersionIs() {
    CommandRun run = snapshot("show", root.toString());

    assertThat(run.code()).isZero();
    assertThat(run.out())
        .containsPattern("Version +" + delta)
        .containsPattern("Kind +delta on " + full)
        .containsPattern("Shape +deepfm, embeddings of 2, hidden layers 3")
        .containsPattern("user-genre +cross of user, genres")
        .containsPattern(
            "price +numeric, .*ln\\(1 \\+ \\|x\\|\\) with mean 1\\.250, deviation 0\\.5000")
        .containsPattern("FIRST ORDER +WHOLE MODEL +WEIGHT +CORRECTION")
        .containsPattern("0\\.50 +0\\.00 +0\\.1250 +-1\\.0000")
        .containsPattern("base_rate_weight +0\\.25000")
        .containsPattern("logloss +0\\.25000")
        .containsPattern("impressions-0 +2,000")
        .containsPattern("dense\\.safetensors .* tensors")
        .containsPattern("embeddings-\\S+ .* 1 rows");
  }

  @Test
  void showTellsWhatAnOlderVersionIs() {
    assertThat(snapshot("show", root.toString(), full.toString()).out())
        .containsPattern("Version +" + full)
        .containsPattern("Kind +full, stands alone");
  }

  @Test
  void showPrintsTheManifestForMachines() throws IOException {
    CommandRun run = snapshot("show", "--json", root.toString());

    assertThat(new ObjectMapper().readTree(run.out()))
        .isEqualTo(new ObjectMapper().readTree(root.resolve(delta + "/manifest.json").toFile()));
  }

  @Test
  void showNamesAVersionThatIsNotThere() {
    CommandRun run = snapshot("show", root.toString(), "00000000-0000000009");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("snapshot show: there is no version 00000000-0000000009 in " + root)
        .hasLineCount(1);
  }

  @Test
  void whatIsNoVersionIsWrongUsage() {
    CommandRun run = snapshot("show", root.toString(), "latest");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("\"latest\" is not a version such as");
  }

  @Test
  void withoutAPublicationThereIsNothingToShow(@TempDir Path empty) {
    assertThat(snapshot("show", empty.toString()))
        .isEqualTo(
            new CommandRun(
                1, "", "snapshot show: nothing has been published in %s yet%n".formatted(empty)));
  }

  @Test
  void lsIsCalledListToo() {
    assertThat(snapshot("list", root.toString())).isEqualTo(snapshot("ls", root.toString()));
  }

  @Test
  void verifyCountsWhatItFoundSound() {
    assertThat(snapshot("verify", root.toString()))
        .isEqualTo(new CommandRun(0, "ok: 2 versions, 4 files, 0 problems%n".formatted(), ""));
    assertThat(snapshot("verify", root.toString(), full.toString()))
        .isEqualTo(new CommandRun(0, "ok: 1 versions, 2 files, 0 problems%n".formatted(), ""));
    assertThat(snapshot("verify", "--all", root.toString()))
        .isEqualTo(snapshot("verify", root.toString()));
  }

  @Test
  void verifyPrintsEveryProblem() throws IOException {
    damage(full + "/dense.safetensors");
    damage(delta + "/dense.safetensors");

    CommandRun run = snapshot("verify", "--all", root.toString());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out())
        .contains(full + "/dense.safetensors has the sha256")
        .contains(delta + "/dense.safetensors has the sha256")
        .endsWith("damaged: 2 versions, 4 files, 2 problems%n".formatted());
  }

  @Test
  void whatVerifyFindsIsData() throws IOException {
    damage(full + "/dense.safetensors");

    JsonNode found =
        new ObjectMapper().readTree(snapshot("verify", "--json", root.toString()).out());

    assertThat(found.get("ok").asBoolean()).isFalse();
    assertThat(found.get("versions").asInt()).isEqualTo(2);
    assertThat(found.get("problems")).hasSize(1);
  }

  @Test
  void verifyTakesOneVersionOrAll() {
    CommandRun run = snapshot("verify", "--all", root.toString(), full.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("one version or --all");
  }

  /** The size of a version's tensors, in the table's unit. */
  private String size(Version version) throws IOException {
    try (var files = Files.list(root.resolve(version.toString()))) {
      long bytes =
          files
              .filter(file -> file.toString().endsWith(".safetensors"))
              .mapToLong(file -> file.toFile().length())
              .sum();
      assertThat(bytes).isLessThan(1_000_000);
      return bytes < 1000 ? bytes + " B" : String.format(Locale.ROOT, "%.1f KB", bytes / 1000.0);
    }
  }

  /** Changes a number at the end of a file, by the least there is. */
  private void damage(String file) throws IOException {
    byte[] bytes = Files.readAllBytes(root.resolve(file));
    bytes[bytes.length - 4] ^= 1;
    Files.write(root.resolve(file), bytes);
  }

  @Test
  void showPrintsTheRowOfAnId() {
    CommandRun run = snapshot("show", "--fid", "0x2", root.toString());

    assertThat(run.code()).isZero();
    assertThat(run.out().lines().map(line -> line.strip().replaceAll(" +", " ")))
        .containsExactly(
            "Version " + delta,
            "Fid 2 (0x0000000000000002)",
            "Field none of the model's",
            "Updates 20",
            "w 20.0",
            "v1 21.0",
            "v2 22.0");
    assertThat(snapshot("show", "--fid", "2", root.toString(), full.toString()).out())
        .contains("10.0")
        .doesNotContain("20.0");
  }

  @Test
  void showFindsTheIdOfAValue() {
    assertThat(snapshot("show", "--field", "user=u17", root.toString()).out())
        .contains("(0x00118c8045bf295a)", "user", "none; unknown ids: start-row");
    assertThat(snapshot("show", "--field", "user=", root.toString()).out())
        .contains("(0x0010000000000000)");
    assertThat(snapshot("show", "--field", "price=2.5", root.toString()).out())
        .contains("(0x0030000000000001)");
  }

  @Test
  void showSaysWhatIsWrongWithAnId() {
    assertWrong("--field", "user", "\"user\" is not FIELD=VALUE");
    assertWrong("--field", "usr=u17", "no field \"usr\", but [user, genres, price, user-genre]");
    assertWrong("--field", "user-genre=x", "user-genre is a cross of fields");
    assertWrong("--field", "price=cheap", "price is a number, and \"cheap\" is none");
    assertWrong("--fid", "u17", "\"u17\" is not a number");
    assertWrong("--fid", "0x10000000000000000", "has more than 64 bits");
  }

  @Test
  void rollbackPinAndUnpinMoveThePointer() {
    assertThat(snapshot("rollback", "--reason", "off", root.toString(), full.toString()))
        .isEqualTo(new CommandRun(0, "current: %s%n".formatted(full), ""));
    assertThat(snapshot("pin", "--reason", "sale", root.toString(), full.toString()))
        .isEqualTo(new CommandRun(0, "pinned: %s%n".formatted(full), ""));
    assertThat(snapshot("ls", root.toString()).out())
        .containsPattern("pinned: " + full + " since .*: sale");
    assertThat(snapshot("unpin", "--reason", "over", root.toString()))
        .isEqualTo(new CommandRun(0, "current: %s%n".formatted(delta), ""));
    assertThat(snapshot("ls", root.toString()).out()).doesNotContain("pinned");
  }

  private void assertWrong(String option, String value, String message) {
    CommandRun run = snapshot("show", option, value, root.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("snapshot show: " + option).contains(message);
  }

  private static CommandRun snapshot(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "snapshot";
    System.arraycopy(args, 0, all, 1, args.length);
    return CommandRun.of(all);
  }

  @Test
  void diffTellsHowMuchMovedByFieldAndTensor() {
    CommandRun run = snapshot("diff", root.toString(), full.toString(), delta.toString());

    assertThat(run.code()).isZero();
    assertThat(run.out().lines().map(line -> List.of(line.split(" {2,}"))))
        .contains(
            List.of(
                "the bias", "0", "0", "1", "1", "10.000000", "10.000000", "14.142136", "14.142136"),
            List.of("all", "0", "0", "1", "1", "10.000000", "10.000000", "14.142136", "14.142136"),
            List.of("deep.0.bias", "1.000000", "1.000000", "1.732051"));
  }

  @Test
  void diffOfAVersionWithItselfIsNothing() {
    assertThat(snapshot("diff", root.toString(), full.toString(), full.toString()).out())
        .containsPattern("all +0 +0 +0 +2 +- +- +- +-");
  }

  @Test
  void aDiffIsData() throws IOException {
    JsonNode diff =
        new ObjectMapper()
            .readTree(
                snapshot("diff", "--json", root.toString(), full.toString(), delta.toString())
                    .out());

    assertThat(diff.at("/all/changed").asInt()).isEqualTo(1);
    assertThat(diff.at("/fields/the bias/mean_weight").asDouble()).isEqualTo(10);
    assertThat(diff.at("/tensors/deep.0.bias/mean").asDouble()).isEqualTo(1);
    String same =
        snapshot("diff", "--json", root.toString(), full.toString(), full.toString()).out();
    assertThat(new ObjectMapper().readTree(same).at("/all/mean_weight").isNull()).isTrue();
  }

  @Test
  void diffNeedsTwoVersions() {
    CommandRun run = snapshot("diff", root.toString(), full.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("B");
  }

  @Test
  void mergeMakesAFullThatIsListedAndSound() {
    CommandRun run = snapshot("merge", root.toString());

    assertThat(run.code()).isZero();
    assertThat(run.out()).startsWith("merged: " + delta + ", a full of 2 rows");
    assertThat(snapshot("merge", root.toString()).out())
        .isEqualTo("nothing to merge: %s is a full already%n".formatted(delta));
    assertThat(snapshot("ls", root.toString()).out()).containsPattern(delta + " +delta, full");
    assertThat(snapshot("verify", root.toString()).out())
        .isEqualTo("ok: 1 versions, 4 files, 0 problems%n".formatted());
  }

  @Test
  void pruneSaysWhatItWouldDeleteAndDeletesIt() {
    snapshot("merge", root.toString());
    CommandRun preview = prune("--dry-run", "--fulls", "1");

    assertThat(preview.out())
        .startsWith("would delete %s  full  2 rows%n1 versions, ".formatted(full))
        .endsWith(" to delete%n".formatted());
    assertThat(root.resolve(full.toString())).exists();

    assertThat(prune("--fulls", "1").out()).startsWith("deleted " + full);
    assertThat(root.resolve(full.toString())).doesNotExist();
    assertThat(snapshot("verify", "--all", root.toString()).out()).startsWith("ok: 1 versions");
    assertThat(snapshot("show", root.toString()).out()).containsPattern("State +passed.*merged at");
  }

  @Test
  void whatMergeMadeIsData() throws IOException {
    JsonNode merged = new ObjectMapper().readTree(snapshot("merge", "--json", root + "").out());
    JsonNode again = new ObjectMapper().readTree(snapshot("merge", "--json", root + "").out());

    assertThat(merged.get("version").asText()).isEqualTo(delta.toString());
    assertThat(merged.get("merged").asBoolean()).isTrue();
    assertThat(merged.get("rows").asLong()).isEqualTo(2);
    assertThat(merged.get("bytes").asLong()).isPositive();
    assertThat(again.get("merged").asBoolean()).isFalse();
    assertThat(again.has("rows")).isFalse();
  }

  @Test
  void whatPruneDeletesIsData() throws IOException {
    snapshot("merge", root.toString());

    JsonNode preview =
        new ObjectMapper().readTree(prune("--dry-run", "--json", "--fulls", "1").out());
    JsonNode deleted = new ObjectMapper().readTree(prune("--json", "--fulls", "1").out());

    assertThat(preview.get("dry_run").asBoolean()).isTrue();
    assertThat(preview.get("versions")).hasSize(1);
    JsonNode first = preview.get("versions").get(0);
    assertThat(first.get("version").asText()).isEqualTo(full.toString());
    assertThat(first.get("kind").asText()).isEqualTo("full");
    assertThat(first.get("rows").asLong()).isEqualTo(2);
    assertThat(preview.get("bytes")).isEqualTo(first.get("bytes"));
    assertThat(deleted.get("dry_run").asBoolean()).isFalse();
    assertThat(deleted.get("versions")).isEqualTo(preview.get("versions"));
  }

  @Test
  void pruneRefusesWhatIsNoTime() {
    CommandRun run = snapshot("prune", "--grace", "soon", root.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("\"soon\" is not a time such as 10 min");
    assertThat(snapshot("prune", "--fulls", "0", root.toString()).err())
        .contains("--fulls: at least one full is kept, not 0");
  }

  private CommandRun prune(String... options) {
    List<String> all = new ArrayList<>(List.of("prune", "--grace", "0 ms", "--branches", "0 ms"));
    all.addAll(List.of(options));
    all.add(root.toString());
    return snapshot(all.toArray(String[]::new));
  }
}
