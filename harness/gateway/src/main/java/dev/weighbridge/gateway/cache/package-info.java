/** Answers a prompt from what was answered to a similar one. */
@NullMarked
package dev.weighbridge.gateway.cache;

import org.jspecify.annotations.NullMarked;
