/** Building blocks of dense parts: linear layers, hidden layers, normalization, dropout. */
package io.freshet.model.layer;
