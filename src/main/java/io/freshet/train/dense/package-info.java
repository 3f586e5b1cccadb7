/** The dense part in the loop: replicas in trainers, merged slice by slice. */
package io.freshet.train.dense;
