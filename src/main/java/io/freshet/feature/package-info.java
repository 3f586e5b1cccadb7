/** From raw feature values to feature ids: one encoder for training and serving. */
package io.freshet.feature;
