/** Task sets, load prompts and their manifests, and the generators that made those that the project ships. */
@NullMarked
package dev.weighbridge.datasets;

import org.jspecify.annotations.NullMarked;
