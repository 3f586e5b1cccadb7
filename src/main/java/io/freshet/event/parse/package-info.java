/** What the decoders of every format share: tokens, and errors that say where. */
package io.freshet.event.parse;
