/** Plots as SVG. */
package io.freshet.lab.report.plot;
