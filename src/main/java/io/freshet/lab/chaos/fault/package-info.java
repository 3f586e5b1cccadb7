/** Faults, when they happen and how the job recovers. */
package io.freshet.lab.chaos.fault;
