/** The REST form of the Open Inference Protocol, KServe v2. */
package io.freshet.serve.http.v2;
