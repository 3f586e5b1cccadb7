package io.freshet.serve.models;

import static io.freshet.config.option.ValueType.name;
import static io.freshet.config.option.ValueType.number;
import static io.freshet.config.option.ValueType.text;
import static io.freshet.config.option.ValueType.wholeNumber;
import static java.util.stream.Collectors.joining;

import io.freshet.config.option.Kind;
import io.freshet.config.option.Section;
import io.freshet.config.option.ValueType;
import io.freshet.serve.models.ModelSpec.Disk;
import io.freshet.serve.predict.Split;
import io.freshet.snapshot.format.Version;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@link ModelsSpec}. */
final class ModelsReader {
  private static final ValueType<Optional<Version>> VERSION =
      new ValueType<>(
          "current, or a version such as 3f9a1c07-0000000012",
          Map.of("type", "string"),
          text ->
              text.equals("current")
                  ? Optional.of(Optional.empty())
                  : Version.parse(text).map(Optional::of),
          version -> version.map(Version::toString).orElse("current"),
          true,
          false);

  private final Set<String> taken = new HashSet<>();
  private final Set<Path> folders = new HashSet<>();
  private final Set<String> models = new LinkedHashSet<>();

  private ModelsReader() {}

  static ModelsSpec read(Section s) {
    ModelsReader reader = new ModelsReader();
    ModelsSpec spec =
        new ModelsSpec(
            s.requireSections("models", 1, reader::model, "The models."),
            s.sections(
                "splits", 0, reader::split, "Names whose requests are split between models."));
    s.end();
    return spec;
  }

  private ModelSpec model(Section s) {
    Optional<String> name = named(s);
    name.ifPresent(models::add);
    String root =
        s.option("root", "Snapshot root: a folder, or a URI such as s3://bucket/snapshots.")
            .require(text())
            .orElse("");
    return new ModelSpec(
        name,
        ValueType.directory().parse().apply(root).orElse(root),
        s.kind(
            "store",
            List.of(
                new Kind<>("memory", "On the heap.", memory -> Optional.empty()),
                new Kind<>("rocksdb", "On a local disk.", this::disk)),
            "memory",
            "Where the rows lie."),
        s.option("version", "Served whatever the root's pointer says.")
            .get(VERSION, Optional.empty()));
  }

  /** A name that nothing else here has. */
  private Optional<String> named(Section s) {
    Optional<String> name = s.option("name", "By which requests call it.").require(name());
    if (name.isPresent() && !taken.add(name.get())) {
      s.error("name", name.get() + " is there twice");
    }
    return name;
  }

  private Optional<Disk> disk(Section s) {
    Optional<Path> folder =
        s.option("store-dir", "Folder of its own, kept for the next start.")
            .require(text())
            .map(Path::of);
    int mebibytes =
        s.option("store-memory", "MiB outside the heap.").get(wholeNumber(16, 1 << 20), 256);
    if (folder.isPresent() && !folders.add(folder.get().toAbsolutePath().normalize())) {
      s.error("store-dir", folder.get() + " is another model's; expected a folder for each");
    }
    return folder.map(path -> new Disk(path, (long) mebibytes << 20));
  }

  private SplitSpec split(Section s) {
    String name = named(s).orElse("");
    Optional<String> by = s.option("by", "Feature that says which model answers.").find(text());
    Map<String, Float> shares =
        s.entries(
            "shares", number(0, 100), Map.of(), "Percentage of the feature's values by model.");
    shares.keySet().stream()
        .filter(model -> !models.contains(model))
        .forEach(
            model ->
                s.error(
                    "shares." + model,
                    "no such model; expected one of: " + String.join(", ", models)));
    if (shares.size() > 1 && by.isEmpty()) {
      s.error("by", "missing; expected the feature that says which of the models answers");
    }
    List<String> shadows =
        s.option("shadows", "Models that score and answer nobody.").list(name(), List.of());
    for (String shadow : shadows) {
      if (!models.contains(shadow) || shares.containsKey(shadow)) {
        s.error(
            "shadows",
            "%s is not a model that has no share; expected any of: %s"
                .formatted(
                    shadow,
                    models.stream()
                        .filter(model -> !shares.containsKey(model))
                        .collect(joining(", "))));
      }
    }
    List<Double> percentages =
        shares.values().stream().map(share -> Double.valueOf(share.toString())).toList();
    return new SplitSpec(List.copyOf(shares.keySet()), Split.of(name, by, percentages), shadows);
  }
}
