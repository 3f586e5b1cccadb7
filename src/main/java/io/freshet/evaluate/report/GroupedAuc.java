package io.freshet.evaluate.report;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The mean of users' own AUCs, weighted by their impressions (Zhu et al., KDD 2017, section 5.1;
 * Zhou et al., KDD 2018, equation 7): Σ w(u) · AUC(u) / Σ w(u). It does not reward knowing who
 * clicks much, only ranking what one user sees. Users with labels of one class have no AUC: they
 * are left out, and their share is reported.
 *
 * @param auc NaN where no user has labels of both classes
 * @param users users that it is the mean of
 * @param leftOutUsers share of the users with one class only
 * @param leftOut share of the weight that is theirs
 * @param sampled share of all users that was looked at: 1 while they fit in memory
 */
public record GroupedAuc(
    @JsonProperty("gauc") double auc,
    @JsonProperty("gauc_users") long users,
    @JsonProperty("gauc_left_out_users") double leftOutUsers,
    @JsonProperty("gauc_left_out") double leftOut,
    @JsonProperty("gauc_sampled") double sampled) {
  public static final GroupedAuc NONE = new GroupedAuc(Double.NaN, 0, Double.NaN, Double.NaN, 1);
}
