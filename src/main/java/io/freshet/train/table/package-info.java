/** The embedding table: rows in keyed state behind a write-back cache. */
package io.freshet.train.table;
