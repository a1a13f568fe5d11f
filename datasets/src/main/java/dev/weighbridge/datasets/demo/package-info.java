/** Generated questions that the demo model is trained and judged on. */
@NullMarked
package dev.weighbridge.datasets.demo;

import org.jspecify.annotations.NullMarked;
