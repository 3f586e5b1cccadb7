/** Matrix products behind one seam: OpenBLAS where its natives load, EJML elsewhere. */
package io.freshet.model.algebra;
