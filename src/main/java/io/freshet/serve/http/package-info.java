/** The HTTP server of predictions. */
package io.freshet.serve.http;
