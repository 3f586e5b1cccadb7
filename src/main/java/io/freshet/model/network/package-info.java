/** The dense parts of the kinds of models, one class each. */
package io.freshet.model.network;
