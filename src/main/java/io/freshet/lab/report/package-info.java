/** What a run leaves behind for people: summary.json and the report page. */
package io.freshet.lab.report;
