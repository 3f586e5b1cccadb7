package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.model.ModelSettings;
import io.freshet.train.TrainSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.flink.runtime.jobgraph.IntermediateDataSet;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.junit.jupiter.api.Test;

/** What the graph of a job with a loop in it must look like for the loop to be exact. */
final class TrainingLoopTest {
  private final List<JobVertex> vertices = vertices();

  @Test
  void noEdgeBlocksSoThatEverythingFailsAndRestartsTogether() {
    List<IntermediateDataSet> edges =
        vertices.stream().flatMap(vertex -> vertex.getProducedDataSets().stream()).toList();

    assertThat(edges).hasSizeGreaterThan(6);
    assertThat(edges)
        .allMatch(edge -> edge.getResultType().isPipelinedOrPipelinedBoundedResultPartition());
  }

  @Test
  void trainerAndTailOfOneIndexShareASlot() {
    assertThat(vertex("Trainer").getCoLocationGroup())
        .isNotNull()
        .isSameAs(vertex("FeedbackTail").getCoLocationGroup());
  }

  @Test
  void theLoopHasOneParallelismAndOneSlotSharingGroup() {
    List<JobVertex> loop =
        List.of(
            vertex("Trainer"),
            vertex("EmbeddingShard"),
            vertex("DenseMerger"),
            vertex("FeedbackTail"));

    assertThat(loop).extracting(JobVertex::getParallelism).containsOnly(3);
    assertThat(loop).extracting(JobVertex::getMaxParallelism).containsOnly(16);
    assertThat(loop.stream().map(JobVertex::getSlotSharingGroup).distinct()).hasSize(1);
  }

  @Test
  void noOperatorOfTheLoopIsChained() {
    for (String name : List.of("Trainer", "EmbeddingShard", "DenseMerger", "FeedbackTail")) {
      assertThat(vertex(name).getOperatorIDs()).as(name).hasSize(1);
    }
  }

  private JobVertex vertex(String name) {
    return vertices.stream()
        .filter(vertex -> vertex.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not among " + vertices));
  }

  private static List<JobVertex> vertices() {
    JobGraph graph =
        new LoopRun(1, 10, ModelSettings.DEFAULT, TrainSettings.DEFAULT)
            .parallelism(3)
            .environment()
            .getStreamGraph()
            .getJobGraph();
    return new ArrayList<>(StreamSupport.stream(graph.getVertices().spliterator(), false).toList());
  }
}
