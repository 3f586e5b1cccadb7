/** A loaded version and its scorer. */
package io.freshet.serve.model;
