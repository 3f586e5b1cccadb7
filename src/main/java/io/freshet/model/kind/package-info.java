/** The models: how rows and the dense part make a prediction. */
package io.freshet.model.kind;
