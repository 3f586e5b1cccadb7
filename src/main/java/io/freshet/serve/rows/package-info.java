/** Where a served model's rows lie: in memory or in RocksDB. */
package io.freshet.serve.rows;
