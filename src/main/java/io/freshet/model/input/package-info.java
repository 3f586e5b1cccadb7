/** What the dense parts are computed from: the embeddings of fields, and how they come about. */
package io.freshet.model.input;
