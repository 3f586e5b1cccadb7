/** JSON of requests, whatever the protocol. */
package io.freshet.serve.http.json;
