package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.inference.model.Definition;
import java.nio.IntBuffer;

/**
 * What an encoder left of the prompts in all slots, and how long each is: one token at least, so that there is always something
 * to attend to.
 *
 * @param cache keys and values of cross-attention
 * @param slotLengths by slot, in direct memory
 * @param longest of the slots of the pass that comes next, one value in direct memory
 */
record EncodedPrompts(KeyValueCache cache, IntBuffer slotLengths, IntBuffer longest) {
    static EncodedPrompts allocate(Definition definition, int slots, int contextLength) {
        IntBuffer lengths =
                DirectMemory.zeroed(Math.multiplyExact(slots, Integer.BYTES)).asIntBuffer();
        for (int slot = 0; slot < slots; slot++) {
            lengths.put(slot, 1);
        }
        return new EncodedPrompts(
                KeyValueCache.ofPrompts(definition, slots, contextLength),
                lengths,
                DirectMemory.zeroed(Integer.BYTES).asIntBuffer());
    }

    /** A view of the lengths of some slots. */
    IntBuffer lengths(int first, int count) {
        return slotLengths.slice(first, count);
    }

    /** Notes which slots the next pass reads. */
    void select(int first, int count) {
        int most = 1;
        for (int slot = first; slot < first + count; slot++) {
            most = Math.max(most, slotLengths.get(slot));
        }
        longest.put(0, most);
    }

    void copy(int from, int to) {
        cache.copy(from, to, slotLengths.get(from));
        slotLengths.put(to, slotLengths.get(from));
    }

    void clear(int slot) {
        cache.clear(slot);
        slotLengths.put(slot, 1);
    }
}
