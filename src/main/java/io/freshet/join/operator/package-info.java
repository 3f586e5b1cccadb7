/** The join as a Flink operator, its state and the codecs of that state. */
package io.freshet.join.operator;
