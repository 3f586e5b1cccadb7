package io.freshet.config.option;

import java.util.function.Function;

/**
 * One of several kinds of the same thing, named by a key {@code kind} or the like.
 *
 * @param name as the configuration has it
 * @param sentence says what it is
 * @param read reads the options that only this kind has, which stand beside the name
 */
public record Kind<T>(String name, String sentence, Function<Section, T> read) {}
