/**
 * The configuration of a learner: one YAML file and {@code --set} overrides in, {@link
 * io.freshet.config.LearnerConfig} or every problem at once out. Each stage declares its own
 * options, by {@link io.freshet.config.option}; here they become one document.
 */
package io.freshet.config;
