package io.freshet.train.message;

import java.util.UUID;

/**
 * The address of a response: every request has it, and its response repeats it.
 *
 * @param channel the asking trainer's feedback channel, drawn at random when it opened
 * @param trainer index of the asking trainer
 * @param location where the asking trainer runs, for error messages
 */
public record ReplyTo(UUID channel, int trainer, String location) {}
