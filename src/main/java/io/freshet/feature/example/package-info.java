/** What the model learns from: feature ids, values, the label and its policy. */
package io.freshet.feature.example;
