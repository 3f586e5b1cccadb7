/** The gRPC form of the Open Inference Protocol, {@code inference.GRPCInferenceService}. */
package io.freshet.serve.grpc;
