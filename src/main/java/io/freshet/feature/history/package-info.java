/** What users did, kept to fill the sequences that events do not carry. */
package io.freshet.feature.history;
