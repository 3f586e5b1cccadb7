/** The models of a server as a command line or a file describes them, and changes of that file. */
package io.freshet.serve.models;
