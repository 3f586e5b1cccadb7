/** Whether a learner could run here: the machine, Kafka, the folders. */
package io.freshet.cli.doctor;
