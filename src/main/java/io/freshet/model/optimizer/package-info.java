/** Optimizers, their settings and their checks. */
package io.freshet.model.optimizer;
