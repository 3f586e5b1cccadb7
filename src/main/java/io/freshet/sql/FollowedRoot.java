package io.freshet.sql;

import java.io.Serializable;
import java.time.Duration;

/**
 * A snapshot root, and how a process follows it.
 *
 * @param root a path or a URI
 * @param poll the pause between two looks at the pointer
 * @param storeFolder of RocksDB; null for rows on the heap
 * @param storeBytes memory outside the heap for RocksDB
 */
record FollowedRoot(String root, Duration poll, String storeFolder, long storeBytes)
    implements Serializable {}
