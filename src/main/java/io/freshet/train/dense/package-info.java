/** The dense part in the loop: replicas in trainers, merged by slices. */
package io.freshet.train.dense;
