/** What kinds of model, and additions to one, cost. */
package io.freshet.lab.bench.cost;
