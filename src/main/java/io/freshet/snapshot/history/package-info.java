/** The files of users' histories that lie with a version. */
package io.freshet.snapshot.history;
