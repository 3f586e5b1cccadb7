/** Tokens of JSON records. */
package io.freshet.event.json;
