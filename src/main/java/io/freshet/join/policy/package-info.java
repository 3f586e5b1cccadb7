/** When an impression's label is final: the waiting policies and what they count. */
package io.freshet.join.policy;
