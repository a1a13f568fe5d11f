/**
 * The local server: an OpenAI-compatible HTTP interface, and a process of its own, around one
 * {@link dev.weighbridge.inference.InferenceService}.
 */
@NullMarked
package dev.weighbridge.inference.server;

import org.jspecify.annotations.NullMarked;
