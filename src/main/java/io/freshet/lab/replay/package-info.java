/** Files of rows, turned into impressions and clicks. */
package io.freshet.lab.replay;
