/**
 * The model families: each reads its kind of Hugging Face {@code config.json} and says what the model is and where its weights
 * lie. A new family is one class here, its line in {@link dev.weighbridge.inference.family.Families}, and its fixture.
 */
@NullMarked
package dev.weighbridge.inference.family;

import org.jspecify.annotations.NullMarked;
