/** What an evaluation says: metrics of windows and slices, and their forms. */
package io.freshet.evaluate.report;
