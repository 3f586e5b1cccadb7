/** What the kinds of model make of embeddings: a class a kind. */
package io.freshet.model.trunk;
