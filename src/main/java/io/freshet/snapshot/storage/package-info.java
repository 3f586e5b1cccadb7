/** Where files lie: local folders and whatever Flink's file systems reach. */
package io.freshet.snapshot.storage;
