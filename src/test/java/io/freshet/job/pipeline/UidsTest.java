package io.freshet.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.config.LearnerConfig;
import io.freshet.event.Click;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.job.backfill.Recorded;
import io.freshet.job.pipeline.LearnerTopology.Events;
import io.freshet.job.sink.ExampleSinks;
import io.freshet.job.source.SourceRecord;
import io.freshet.job.source.SourceRecord.Tick;
import io.freshet.snapshot.announce.AnnouncementSink;
import io.freshet.train.InitialModel;
import io.freshet.wire.WireType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.api.operators.StreamFilter;
import org.apache.flink.streaming.api.operators.StreamFlatMap;
import org.apache.flink.streaming.api.operators.StreamMap;
import org.junit.jupiter.api.Test;

/** State is found by uid: an operator without one loses it with the next change of the graph. */
final class UidsTest {
  /** Of functions that have no state. */
  private static final Set<Class<?>> STATELESS =
      Set.of(StreamMap.class, StreamFlatMap.class, StreamFilter.class);

  private final StreamExecutionEnvironment env =
      StreamExecutionEnvironment.getExecutionEnvironment();

  @Test
  void everyOperatorWithStateHasOne() {
    LearnerConfig config =
        LearnerConfig.parse(
            """
            kafka: {bootstrap-servers: "localhost:9092"}
            features:
              - {name: user, kind: categorical}
              - {name: recent, kind: sequence, of: user, history: {}}
            evaluate: {slices: [user], at-impression: 0.1}
            examples: {to: topic}
            predictions: {to: topic}
            """,
            "learner.yaml",
            List.of());
    TypeInformation<SourceRecord<EncodedImpression>> impressions =
        WireType.of(SourceRecord.class, EncodedImpression.class);
    TypeInformation<SourceRecord<Click>> clicks = WireType.of(SourceRecord.class, Click.class);
    DataStream<Recorded> recorded =
        env.fromData(WireType.of(Recorded.class), new Recorded.Acted(new Click("i", 1)))
            .uid(Uids.RECORDING);
    Events events =
        new Events(
            env.fromData(impressions, new Tick<>(1)).uid(Uids.IMPRESSION_SOURCE),
            Map.of("clicks", env.fromData(clicks, new Tick<>(1)).uid(Uids.CLICK_SOURCE)),
            Optional.of(recorded),
            1);
    Results results =
        new Results(
            new DiscardingSink<>(),
            new DiscardingSink<>(),
            new DiscardingSink<>(),
            new DiscardingSink<>(),
            AnnouncementSink.none(),
            Optional.of(new DiscardingSink<>()),
            ExampleSinks.of(config),
            ExampleSinks.predictions(config));

    new LearnerTopology(config, InitialModel.PLAIN).build(events, results);

    assertThat(env.getStreamGraph().getStreamNodes())
        .filteredOn(UidsTest::mayHaveState)
        .hasSizeGreaterThan(15)
        .allSatisfy(
            node -> assertThat(node.getTransformationUID()).as(node.getOperatorName()).isNotNull());
  }

  @Test
  void labelsInlineNeedNoJoin() {
    LearnerConfig config =
        LearnerConfig.parse(
            """
            kafka: {bootstrap-servers: "localhost:9092"}
            events: {impressions: {label: {field: clicked}}}
            features: [{name: user, kind: categorical}]
            """,
            "learner.yaml",
            List.of());
    TypeInformation<SourceRecord<EncodedImpression>> impressions =
        WireType.of(SourceRecord.class, EncodedImpression.class);
    Events events =
        new Events(
            env.fromData(impressions, new Tick<>(1)).uid(Uids.IMPRESSION_SOURCE),
            Map.of(),
            Optional.empty(),
            1);

    new LearnerTopology(config, InitialModel.PLAIN)
        .build(events, Results.only(new DiscardingSink<>(), Optional.empty()));

    assertThat(env.getStreamGraph().getStreamNodes())
        .filteredOn(UidsTest::mayHaveState)
        .allSatisfy(
            node -> assertThat(node.getTransformationUID()).as(node.getOperatorName()).isNotNull())
        .extracting(StreamNode::getTransformationUID)
        .contains(Uids.EVENT_ORDER)
        .doesNotContain(Uids.LABEL_JOIN, Uids.LATE_CLICKS);
  }

  private static boolean mayHaveState(StreamNode node) {
    Class<?> operator =
        node.getOperatorFactory().getStreamOperatorClass(UidsTest.class.getClassLoader());
    return !STATELESS.contains(operator);
  }
}
