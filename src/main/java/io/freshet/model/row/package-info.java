/** Rows of the embedding table: layout, start values, weights, admission by field. */
package io.freshet.model.row;
