/** Versions for other servers: a version as a graph of ONNX. */
package io.freshet.interop.onnx;
