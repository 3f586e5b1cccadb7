/** The files of a chain as one sorted stream: of each id what the newest version says. */
package io.freshet.snapshot.merge;
