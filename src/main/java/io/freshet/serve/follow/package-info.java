/** Follows the published versions and swaps the served model. */
package io.freshet.serve.follow;
