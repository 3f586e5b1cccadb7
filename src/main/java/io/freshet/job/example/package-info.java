/** Labeled examples and predictions as records and files. */
package io.freshet.job.example;
