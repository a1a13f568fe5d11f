/** OpenAI's two streamed protocols, text completions and chat completions, as servers speak them. */
@NullMarked
package dev.weighbridge.load.openai;

import org.jspecify.annotations.NullMarked;
