/** What the histories of users are worth on recorded data. */
package io.freshet.lab.bench.history;
