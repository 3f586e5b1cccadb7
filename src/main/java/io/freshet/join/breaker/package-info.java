/** The circuit breaker on a stalled or flooding click stream. */
package io.freshet.join.breaker;
