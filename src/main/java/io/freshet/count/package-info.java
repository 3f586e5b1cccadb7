/** Counts that fail and recover with what they count. */
package io.freshet.count;
