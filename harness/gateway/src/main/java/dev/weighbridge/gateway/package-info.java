/** Stands between clients and an OpenAI-compatible server: guards over what goes in and comes out, and a semantic cache. */
@NullMarked
package dev.weighbridge.gateway;

import org.jspecify.annotations.NullMarked;
