/** What Python functions beside lm-evaluation-harness's task files do, written anew; Python itself is never run. */
@NullMarked
package dev.weighbridge.datasets.harness.port;

import org.jspecify.annotations.NullMarked;
