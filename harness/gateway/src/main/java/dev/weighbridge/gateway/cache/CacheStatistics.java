package dev.weighbridge.gateway.cache;

/**
 * What a semantic cache did since it was made, and what it holds. Look-ups are exact hits, semantic hits and misses together.
 *
 * @param exactHits answered from an entry with the very same prompt
 * @param semanticHits answered from an entry with a similar prompt
 * @param misses not answered, those with prompts that are too long among them
 * @param bypassed look-ups that were not made because the request asks for sampling; no part of the look-ups
 * @param puts answers that were taken in
 * @param refused answers that were not taken in: they or their prompts are too long
 * @param evictions entries that were given up for room
 * @param expired entries that were given up because of their age
 * @param entries held now
 * @param bytes held now, as {@link SemanticCache} counts them
 * @param scopes with an entry now
 * @param exactHitNanos time of all exact hits together, in nanoseconds
 * @param semanticHitNanos time of all semantic hits together, embedding included
 * @param missNanos time of all misses together, embedding included
 */
public record CacheStatistics(
        long exactHits,
        long semanticHits,
        long misses,
        long bypassed,
        long puts,
        long refused,
        long evictions,
        long expired,
        long entries,
        long bytes,
        long scopes,
        long exactHitNanos,
        long semanticHitNanos,
        long missNanos) {
    /** All look-ups that were made. */
    public long lookups() {
        return exactHits + semanticHits + misses;
    }
}
