/** Generated questions: what the demo model is trained and judged on, and the prompts of load scenarios. */
@NullMarked
package dev.weighbridge.datasets.demo;

import org.jspecify.annotations.NullMarked;
