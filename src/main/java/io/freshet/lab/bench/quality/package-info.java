/** How well the defaults learn: streams of many kinds, with bounds and stored figures. */
package io.freshet.lab.bench.quality;
