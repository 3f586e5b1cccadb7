/** The mapping from a file's columns to events. */
package io.freshet.lab.replay.mapping;
