/** Small models that read a text: what scorers, guards and caches ask of them, and how whoever runs them is found. */
@NullMarked
package dev.weighbridge.encoder;

import org.jspecify.annotations.NullMarked;
