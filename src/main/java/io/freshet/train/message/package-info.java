/** Messages of the loop and their codecs. */
package io.freshet.train.message;
