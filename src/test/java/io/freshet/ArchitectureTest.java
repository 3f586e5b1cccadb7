package io.freshet;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * Who may touch Flink's internals, files, clients and the console; {@link RoomsTest} has who may
 * use whom.
 */
@AnalyzeClasses(packages = "io.freshet", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  @ArchTest
  static final ArchRule nothingUsesTheLab =
      noClasses()
          .that(not(resideInAnyPackage("io.freshet", "io.freshet.lab..")))
          .should()
          .dependOnClassesThat(resideInAPackage("io.freshet.lab.."));

  @ArchTest static final ArchRule brokerUsesOnlyClients = uses("lab.broker", "kafka");

  @ArchTest
  static final ArchRule onePlaceMakesKafkasClients =
      noClasses()
          .that(not(resideInAPackage("io.freshet.kafka")))
          .should()
          .callMethod(Admin.class, "create", Map.class)
          .orShould()
          .callMethod(Admin.class, "create", Properties.class)
          .orShould()
          .callConstructorWhere(
              target(owner(assignableTo(Consumer.class).or(assignableTo(Producer.class)))))
          .because("settings, timeouts and the wording of failures are one");

  @ArchTest
  static final ArchRule noCycles = slices().matching("io.freshet.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule stagesWithoutFlink =
      noClasses()
          .that(
              resideInAnyPackage(
                  "io.freshet.event..",
                  "io.freshet.feature..",
                  "io.freshet.model..",
                  "io.freshet.serve..",
                  "io.freshet.wire.codec.."))
          .should()
          .dependOnClassesThat(resideInAPackage("org.apache.flink.."));

  @ArchTest
  static final ArchRule evaluationIsPlainButForItsOperators =
      flinkOnlyIn("evaluate", "ProgressiveValidation", "ImpressionScores");

  @ArchTest
  static final ArchRule snapshotsArePlainButForTheSink =
      flinkOnlyIn(
          "snapshot", "SnapshotWriter", "SnapshotPublisher", "PublisherMetrics", "FlinkStorage");

  /** The table is a plain class over a store; the operator and what it needs stand around it. */
  @ArchTest
  static final ArchRule theTableIsPlainButForItsOperator =
      flinkOnlyIn("train.table", "EmbeddingShard", "KeyedRowState", "TableMetrics");

  @ArchTest
  static final ArchRule theLoopHasOneDoor =
      noClasses()
          .that(not(resideInAPackage("io.freshet.train..")))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("io.freshet.train.*..")
                  .and(not(nameMatching("io\\.freshet\\.train\\.loop\\.TrainingLoop(\\$.*)?"))));

  @ArchTest
  static final ArchRule onlyStagesTouchFlinksInternals =
      noClasses()
          .that(
              not(
                  resideInAnyPackage(
                      "io.freshet.join..",
                      "io.freshet.train..",
                      "io.freshet.evaluate..",
                      "io.freshet.snapshot..",
                      "io.freshet.job..")))
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.apache.flink.streaming.runtime..")
                  .or(assignableTo("org.apache.flink.streaming.api.operators.StreamOperator"))
                  .or(nameMatching("org\\.apache\\.flink\\..*[mM]ailbox.*").forSubtype()));

  /** What one subtask writes to such a list, all read. */
  @ArchTest
  static final ArchRule onePlaceHasUnionLists =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.freshet.wire.UnionState")
          .should()
          .callMethodWhere(target(name("getUnionListState")));

  @ArchTest
  static final ArchRule learningHasNoInputOrOutput =
      noClasses()
          .that(
              resideInAnyPackage("io.freshet.event..", "io.freshet.feature..", "io.freshet.model..")
                  .and(not(resideInAPackage("io.freshet.event.registry"))))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("java.nio.file..", "java.nio.channels..", "java.net..")
                  .or(nameMatching("java\\.io\\.(File|RandomAccessFile|Console).*")));

  @ArchTest
  static final ArchRule onlyTheCommandLineTouchesTheConsole =
      noClasses()
          .that(not(resideInAnyPackage("io.freshet", "io.freshet.cli..", "io.freshet.lab..")))
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  @ArchTest
  static final ArchRule oneWayOfLogging =
      noClasses()
          .that()
          .haveNameNotMatching(
              ".*[.](RunningJob|ChaosCommand|FlinkNotices)") // they silence, and never log
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "java.util.logging..", "org.apache.logging..", "org.apache.log4j.."));

  @ArchTest
  static final ArchRule everyRecordHasItsCodec =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "com.esotericsoftware..",
                      "org.apache.flink.api.java.typeutils.runtime.kryo..")
                  .or(name("org.apache.flink.api.java.typeutils.GenericTypeInfo")));

  private static ArchRule uses(String user, String... used) {
    String[] allowed =
        Stream.concat(Stream.of(user), Arrays.stream(used))
            .map(name -> "io.freshet." + name + "..")
            .toArray(String[]::new);
    return noClasses()
        .that(resideInAPackage("io.freshet." + user + ".."))
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.freshet..").and(not(resideInAnyPackage(allowed))));
  }

  /** The classes are named with what is nested in them. */
  private static ArchRule flinkOnlyIn(String stage, String... classes) {
    DescribedPredicate<JavaClass> sink =
        nameMatching(
                "io\\.freshet\\.%s\\..*\\b(%s)(\\$.*)?".formatted(stage, String.join("|", classes)))
            .forSubtype();
    return noClasses()
        .that(resideInAPackage("io.freshet." + stage + "..").and(not(sink)))
        .should()
        .dependOnClassesThat(resideInAPackage("org.apache.flink.."));
  }
}
