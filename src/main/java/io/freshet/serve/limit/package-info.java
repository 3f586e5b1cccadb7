/** What requests to a server of models may take. */
package io.freshet.serve.limit;
