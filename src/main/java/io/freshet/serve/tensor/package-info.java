/** Features and predictions as the tensors of the Open Inference Protocol. */
package io.freshet.serve.tensor;
