/** The edges between trainers and parameter servers within a process. */
package io.freshet.train.feedback;
