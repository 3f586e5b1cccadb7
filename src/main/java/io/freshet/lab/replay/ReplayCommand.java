package io.freshet.lab.replay;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.Progress;
import io.freshet.lab.replay.mapping.MappingFile;
import io.freshet.lab.replay.mapping.ReplayMapping;
import io.freshet.lab.stream.Feed;
import io.freshet.lab.stream.KafkaEvents;
import io.freshet.lab.stream.KafkaOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the rows of files to Kafka as impressions and clicks. */
@Command(
    name = "replay",
    description = "Writes the rows of CSV or TSV files to Kafka as impressions and clicks.",
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar replay --mapping movielens --data ml-latest-small \\",
      "      --bootstrap-servers localhost:9092 --partitions 4"
    })
public final class ReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private KafkaOptions kafka;

  @Option(
      names = "--mapping",
      paramLabel = "FILE|NAME",
      required = true,
      description =
          "How rows become events: a YAML file (schemas/replay.schema.json), or one of movielens,"
              + " criteo, open-bandit.")
  private String mapping;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Where the files are that the mapping names.")
  private Path data;

  @Option(names = "--strict", description = "Fail at the first bad row instead of leaving it out.")
  private boolean strict;

  @Option(names = "--json", description = "Print one JSON object instead of lines.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    double rate = kafka.rate();
    try {
      replay(rate);
      return 0;
    } catch (UncheckedIOException e) {
      return failed(e.getCause());
    } catch (IOException e) {
      return failed(e);
    }
  }

  private void replay(double rate) throws IOException, InterruptedException {
    Replay replay = new Replay(mapping(), data, Instant.now(), strict);
    try (ReplayRecords records = replay.records();
        KafkaEvents events = kafka.open();
        Progress progress =
            Progress.of(spec.commandLine().getErr(), "records", OptionalLong.of(records.total()))) {
      new Feed(events, rate).run(records, progress::at);
      report(records);
    }
  }

  private ReplayMapping mapping() throws IOException {
    Path file = Path.of(mapping);
    return MappingFile.READY.contains(mapping) && !Files.exists(file)
        ? MappingFile.ready(mapping)
        : MappingFile.read(file);
  }

  private void report(ReplayRecords records) {
    PrintWriter err = spec.commandLine().getErr();
    records.bad().first().forEach(err::println);
    if (records.bad().count() > records.bad().first().size()) {
      err.println("… and more");
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(json(records));
    } else {
      print(out, records);
    }
    out.flush();
  }

  private static void print(PrintWriter out, ReplayRecords records) {
    out.printf(
        Locale.ROOT,
        "%,d impressions, %,d clicks, %,d bad rows left out.%n",
        records.impressions(),
        records.clicks(),
        records.bad().count());
    if (Double.isFinite(records.keys().per64())) {
      out.printf(
          Locale.ROOT,
          "Distinct keys: %.1f in 64 impressions, %.1f in 512.%n",
          records.keys().per64(),
          records.keys().per512());
    }
  }

  private static ObjectNode json(ReplayRecords records) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("impressions", records.impressions()).put("clicks", records.clicks());
    json.put("bad_rows", records.bad().count());
    if (Double.isFinite(records.keys().per64())) {
      json.put("keys_per_64", records.keys().per64()).put("keys_per_512", records.keys().per512());
    }
    return json;
  }

  private int failed(IOException e) {
    spec.commandLine().getErr().println("replay: " + e.getMessage());
    return 1;
  }
}
