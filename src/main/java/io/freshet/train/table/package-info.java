/**
 * The embedding table. {@link io.freshet.train.table.EmbeddingTable} is the table of one shard,
 * without Flink, over a {@link io.freshet.train.table.RowStateStore}; {@link
 * io.freshet.train.table.EmbeddingShard} is the operator around it.
 */
package io.freshet.train.table;
