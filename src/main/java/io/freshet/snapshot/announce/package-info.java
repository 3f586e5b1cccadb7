/** Announcements of what was published. */
package io.freshet.snapshot.announce;
