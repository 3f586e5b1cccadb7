package io.freshet.lab.simulate;

/**
 * What an {@link AdStream} has decided on so far; each is exact once the stream has ended.
 *
 * @param impressions distinct good impressions: what a learner learns from
 * @param clicks distinct clicks within the window
 * @param lateClicks distinct clicks after it
 * @param duplicates impressions and clicks that come a second time
 * @param malformed bad records, in both topics together
 */
public record StreamCounts(
    long impressions, long clicks, long lateClicks, long duplicates, long malformed) {

  /** Records in both topics together. */
  public long records() {
    return impressions + clicks + lateClicks + duplicates + malformed;
  }
}
