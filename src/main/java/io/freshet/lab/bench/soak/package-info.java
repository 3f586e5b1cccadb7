/** A server under everything at once, for long. */
package io.freshet.lab.bench.soak;
