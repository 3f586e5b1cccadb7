/**
 * Options: how a stage declares its settings, and everything that follows from the declarations.
 *
 * <p>A stage reads its settings from a {@link io.freshet.config.option.Section}, naming each option
 * with its type, its default and one sentence. The same call reads the value, reports what is wrong
 * with it, fills in what {@code config show} prints, and declares the {@link
 * io.freshet.config.option.Option} that the JSON Schema and the reference page are made of.
 *
 * <pre>
 * YAML text ── YamlTree ──► Node (knows its Place) ◄── Overrides ── --set a.b=c
 *                             │
 *                          Section ──► settings, Problems, Options
 * </pre>
 */
package io.freshet.config.option;
