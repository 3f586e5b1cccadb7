/** The report of a run for people: summary.json and the page. */
package io.freshet.lab.report;
