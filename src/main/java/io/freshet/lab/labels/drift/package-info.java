/** Label policies on traffic that drifts. */
package io.freshet.lab.labels.drift;
