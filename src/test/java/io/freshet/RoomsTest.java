package io.freshet;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Which room may use which: the table of packages. {@code a} is the package {@code io.freshet.a},
 * {@code a..} that and those below it. A permission that nothing uses fails too, so the table says
 * what is. The laboratory may use everything; the root holds main classes and the version.
 */
final class RoomsTest {
  private static final int MOST_FILES = 18;

  private static final String ROOMS =
      """
      wire                  : wire.codec
      event                 : config.option event.mapping
      event.avro            : event event.frame event.parse
      event.decode          : event event.frame event.json event.mapping event.parse
      event.frame           : event
      event.json            : event event.frame event.parse
      event.mapping         : config.option
      event.parse           : event event.frame
      event.protobuf        : event event.frame event.parse
      event.registry        : event event.avro event.frame event.json event.parse event.protobuf
      event.registry        : snapshot.storage config.option
      feature               : config.option event event.parse feature.example
      feature.example       : wire.codec config.option
      feature.history       : wire.codec feature feature.example
      kafka                 : config.option
      model                 : config.option feature feature.example model.optimizer
      model.batch           : feature feature.example
      model.dense           : feature model model.input model.layer model.network model.optimizer
      model.input           : model.algebra model.layer
      model.kind            : feature feature.example model model.algebra model.batch model.dense
      model.gauge           : wire.codec feature feature.example model
      model.kind            : model.gauge model.input model.label model.layer model.network
      model.kind            : model.row model.trunk
      model.label           : feature.example model.algebra
      model.layer           : model.algebra
      model.learn           : feature feature.example model model.algebra model.batch model.dense
      model.learn           : model.gauge model.kind model.label model.layer model.optimizer model.row
      model.network         : model model.algebra model.input model.layer model.trunk
      model.optimizer       : config.option feature
      model.row             : feature feature.example model model.batch
      model.row             : model.layer model.optimizer
      model.trunk           : model model.algebra model.input model.layer
      join                  : wire.codec config.option event feature.example
      join.attribution      : wire.codec event feature feature.example join join.policy
      join.breaker          : feature feature.example join
      join.operator         : wire wire.codec event feature.example join join.attribution
      join.operator         : feature.history join.breaker join.policy
      join.policy           : event feature feature.example join
      train                 : config.option feature feature.example model..
      train.dense           : wire wire.codec model.. train train.feedback train.message
      train.dense           : train.state
      train.feedback        : train train.message train.state
      train.loop            : wire feature feature.example model.. train train.dense
      train.loop            : train.feedback train.message train.state train.table
      train.state           : wire feature model.. train
      train.table           : wire feature model.. train train.feedback train.message train.state
      train.table           : train.table.cache
      train.table.cache     : wire.codec train
      evaluate              : config.option
      evaluate.metric       : wire.codec model.batch evaluate evaluate.report
      evaluate.offline      : feature model.batch evaluate.metric
      evaluate.operator     : wire wire.codec model.batch evaluate evaluate.metric
      evaluate.operator     : evaluate.report
      evaluate.report       : wire
      snapshot              : config.option
      snapshot.announce     : snapshot.format snapshot.storage snapshot.store
      snapshot.format       : wire feature feature.example model.. snapshot.storage
      snapshot.history      : feature.history model.batch snapshot.format snapshot.storage
      snapshot.maintain     : feature feature.history snapshot snapshot.format snapshot.history
      snapshot.maintain     : snapshot.merge snapshot.storage snapshot.store
      snapshot.merge        : feature.history snapshot.format snapshot.history snapshot.storage
      snapshot.merge        : snapshot.store
      snapshot.publish      : wire wire.codec model model.dense model.gauge snapshot
      snapshot.publish      : snapshot.format snapshot.maintain snapshot.storage snapshot.store
      snapshot.publish      : snapshot.announce snapshot.write
      snapshot.store        : model.batch model.gauge model.row snapshot.format snapshot.storage
      snapshot.store        : feature.history snapshot.history
      snapshot.write        : model.. snapshot snapshot.format snapshot.storage
      snapshot.write        : feature.history snapshot.history
      serve.follow          : snapshot.format snapshot.store serve.model serve.rows
      serve.grpc            : model serve.limit serve.model serve.predict serve.tensor
      serve.grpc            : snapshot.format serve.request
      serve.http            : serve.follow serve.limit serve.predict
      serve.http            : serve.http.v1
      serve.http            : serve.http.v2 serve.request
      serve.http.json       : serve.request
      serve.http.v1         : model wire event event.decode feature model.gauge model.kind snapshot.format
      serve.http.v1         : serve.follow serve.limit serve.model serve.predict serve.http.json
      serve.http.v1         : serve.request
      serve.http.v2         : model wire snapshot.format serve.limit serve.model serve.predict
      serve.http.v2         : serve.http.json serve.request serve.tensor
      serve.impressions     : event kafka serve.predict serve.request snapshot.format
      serve.models          : config.option snapshot.format snapshot.storage snapshot.store
      serve.models          : serve.follow serve.predict serve.rows
      serve.model           : event feature feature.example feature.history model.. snapshot.format
      serve.model           : snapshot.history
      serve.predict         : model event feature.example model.kind snapshot.format serve.follow
      serve.predict         : serve.limit serve.model serve.request
      serve.request         : event feature feature.example
      serve.rows            : model.batch model.gauge snapshot.format snapshot.store serve.model
      serve.rows            : feature.history snapshot.history
      serve.tensor          : event event.decode feature serve.request
      sql                   : model config.option event event.parse serve.follow serve.model serve.rows
      sql                   : snapshot.format snapshot.storage snapshot.store
      config                : kafka config.option event event.mapping feature feature.example model
      config                : model.optimizer join train evaluate snapshot
      interop.onnx          : feature model model.gauge model.network snapshot.format snapshot.store
      interop.torch         : wire config config.option feature join model model.batch
      interop.torch         : model.dense model.gauge model.layer model.optimizer model.row
      interop.torch         : snapshot.format snapshot.storage snapshot.store train
      job                   : train config config.option job.backfill job.pipeline
      job.backfill          : wire kafka event feature feature.example join train config
      job.backfill          : job.deadletter job.example job.source
      job.deadletter        : event
      job.example           : model wire event feature.example model.batch train
      job.pipeline          : feature.history
      job.pipeline          : wire kafka event feature feature.example model.. join join.operator
      job.pipeline          : train train.loop evaluate.. snapshot.. config job.backfill
      job.pipeline          : job.deadletter job.example job.sink job.source job.sql
      job.pipeline          : job.state job.topic
      job.sink              : kafka event feature.example train evaluate.report snapshot.announce
      job.sink              : config join job.deadletter job.example
      job.source            : wire wire.codec event.. feature feature.example join job.deadletter
      job.source            : job.topic
      job.sql               : wire event event.mapping event.parse feature feature.example join
      job.sql               : evaluate snapshot.storage config config.option job.source
      job.state             : train
      job.topic             : kafka train
      cli.config            : config config.option job cli.config.init event event.registry kafka
      cli.config            : job.sql
      cli.config.init       : event event.frame event.mapping event.parse kafka
      cli.console           : kafka snapshot.storage snapshot.store serve.follow serve.http
      cli.console           : cli.console.source cli.console.watch
      cli.console.source    : kafka feature snapshot.format snapshot.store
      cli.console.watch     : kafka feature model.batch evaluate.report snapshot.format
      cli.console.watch     : evaluate.metric evaluate.offline snapshot.store cli.console.source
      cli.doctor            : kafka event.. feature model.algebra model.row train snapshot config
      cli.doctor            : config.option job job.sql cli.topics
      cli.serve             : config.option snapshot.storage snapshot.store serve.. cli.console
      cli.snapshot          : wire config config.option feature snapshot.. cli.snapshot.text
      cli.snapshot          : interop.onnx interop.torch
      cli.snapshot.text     : event feature feature.example model.batch model.gauge
      cli.snapshot.text     : snapshot.format snapshot.store
      cli.status            : join config config.option cli.console.source job
      cli.topics            : kafka event join config config.option job
      """;

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.freshet");

  @Test
  void everyRoomUsesWhatTheTableAllows() {
    Map<String, Set<String>> table = table();
    List<String> wrong = new ArrayList<>();
    uses()
        .forEach(
            (room, used) -> {
              Set<String> allowed = table.getOrDefault(room, Set.of());
              used.stream()
                  .filter(other -> allowed.stream().noneMatch(rule -> matches(rule, other)))
                  .forEach(other -> wrong.add(room + " uses " + other));
            });
    assertThat(wrong).isEmpty();
  }

  @Test
  void theTableAllowsNothingThatNoRoomUses() {
    Map<String, Set<String>> uses = uses();
    List<String> idle = new ArrayList<>();
    table()
        .forEach(
            (room, allowed) ->
                allowed.stream()
                    .filter(
                        rule ->
                            uses.getOrDefault(room, Set.of()).stream()
                                .noneMatch(other -> matches(rule, other)))
                    .forEach(rule -> idle.add(room + " no longer uses " + rule)));
    assertThat(idle).isEmpty();
  }

  @Test
  void noRoomIsCrowded() {
    Map<String, Set<String>> files = new TreeMap<>();
    for (JavaClass type : CLASSES) {
      String name = type.getName().replaceFirst("\\$.*", "");
      if (!name.endsWith("package-info")) {
        files.computeIfAbsent(room(type), room -> new TreeSet<>()).add(name);
      }
    }
    assertThat(files)
        .allSatisfy(
            (room, types) -> assertThat(types).as(room).hasSizeLessThanOrEqualTo(MOST_FILES));
  }

  private static Map<String, Set<String>> table() {
    Map<String, Set<String>> table = new TreeMap<>();
    for (String line : ROOMS.lines().filter(text -> !text.isBlank()).toList()) {
      String[] sides = line.split(":", 2);
      table
          .computeIfAbsent(sides[0].strip(), room -> new TreeSet<>())
          .addAll(
              Stream.of(sides[1].strip().split(" +"))
                  .filter(rule -> !rule.isEmpty())
                  .collect(toCollection(TreeSet::new)));
    }
    return table;
  }

  private static Map<String, Set<String>> uses() {
    Map<String, Set<String>> uses = new TreeMap<>();
    for (JavaClass type : CLASSES) {
      if (room(type).isEmpty() || room(type).startsWith("lab")) {
        continue;
      }
      type.getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass().getBaseComponentType())
          .filter(target -> target.getPackageName().startsWith("io.freshet"))
          .map(RoomsTest::room)
          .filter(other -> !other.isEmpty() && !other.equals(room(type)))
          .forEach(other -> uses.computeIfAbsent(room(type), room -> new TreeSet<>()).add(other));
    }
    return uses;
  }

  private static String room(JavaClass type) {
    return type.getPackageName().replaceFirst("^io\\.freshet\\.?", "");
  }

  private static boolean matches(String rule, String room) {
    return rule.endsWith("..")
        ? (room + '.').startsWith(rule.substring(0, rule.length() - 1))
        : rule.equals(room);
  }
}
