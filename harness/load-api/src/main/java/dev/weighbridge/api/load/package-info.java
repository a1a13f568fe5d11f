/**
 * Load: what is offered to an endpoint, when, and the raw facts of each request that come back.
 *
 * <p>A {@link dev.weighbridge.api.load.LoadScenario} joins an {@link dev.weighbridge.api.load.ArrivalPattern}, which says when
 * sessions begin, with a {@link dev.weighbridge.api.load.Workload}, which says what each of them asks. Both are pure functions of a
 * seed. A {@link dev.weighbridge.api.load.Protocol} turns requests into bytes and reads what comes back; a {@link
 * dev.weighbridge.api.load.LoadGenerator} sends.
 */
@NullMarked
package dev.weighbridge.api.load;

import org.jspecify.annotations.NullMarked;
