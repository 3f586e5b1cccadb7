/** What requests hold, whatever the protocol, and why they are refused. */
package io.freshet.serve.request;
