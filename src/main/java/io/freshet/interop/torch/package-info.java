/** Models trained elsewhere: tensors of a safetensors file become the first version of a root. */
package io.freshet.interop.torch;
