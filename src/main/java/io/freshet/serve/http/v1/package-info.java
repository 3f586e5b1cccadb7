/** The REST protocol of KServe v1 and TensorFlow Serving. */
package io.freshet.serve.http.v1;
