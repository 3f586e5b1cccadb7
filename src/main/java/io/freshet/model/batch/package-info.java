/** Mini-batches and the steps they are learned in. */
package io.freshet.model.batch;
