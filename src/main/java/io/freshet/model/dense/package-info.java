/** The dense part: layers, their parameters and their shapes. */
package io.freshet.model.dense;
