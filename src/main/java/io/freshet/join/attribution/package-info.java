/** Which impression an action belongs to, and when its label is due. */
package io.freshet.join.attribution;
