/** The label join: impressions and clicks in, labelled examples out. */
package io.freshet.join;
