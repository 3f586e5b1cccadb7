/** Features that come and go. */
package io.freshet.lab.bench.churn;
