/** Load: what is offered to an endpoint, and the raw facts of each request that come back. */
@NullMarked
package dev.weighbridge.api.load;

import org.jspecify.annotations.NullMarked;
