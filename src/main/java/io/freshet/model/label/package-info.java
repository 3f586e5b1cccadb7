/** Corrections for labels that were sampled or came late. */
package io.freshet.model.label;
