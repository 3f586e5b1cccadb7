/** What shows and proves: demo, simulation, replay, benchmarks, chaos. */
package io.freshet.lab;
