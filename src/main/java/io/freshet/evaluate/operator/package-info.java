/** Progressive validation as Flink operators. */
package io.freshet.evaluate.operator;
