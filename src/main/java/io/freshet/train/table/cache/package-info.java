/** The write-back cache of rows; {@link io.freshet.train.table.cache.RowCache} is its door. */
package io.freshet.train.table.cache;
