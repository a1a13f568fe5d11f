package dev.weighbridge.engines.pytorch;

import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Role;
import java.util.List;

/**
 * The TorchScript of a decoder with its KV cache updated in place, and what it must be given.
 *
 * <p>The module has no attributes: weights, cache and buffers are arguments. A cache is
 * {@code [layers, slots, 2 * keyValueHeads, contextLength, headSize]}, keys before values, so that one write serves both; a
 * call works on neighbouring slots, seen as a view. Layers whose heads differ in number or size have caches of their own. Query
 * heads that share keys are treated as further query tokens of the shared head, which needs no repeated keys. Logits are written
 * into a tensor over the caller's memory.
 *
 * <p>Blocks that are made alike share a method, which TorchScript inlines, and a loop calls them one after the other.
 *
 * <p>Everything but the linear layers is computed in fp32. On CUDA at 16 bits the cache has 16 bits too.
 *
 * @param source of the module
 * @param vectors that {@code vectors} holds, each the weights that follow one another in it
 * @param matrices that {@code matrices} holds, each the weights whose outputs it puts one below the other; a tied head follows
 * @param tables that {@code tables} holds
 * @param encodes whether there is an encoder, and so a method that reads prompts
 */
record DecoderScript(
        String source, List<List<Role>> vectors, List<List<Role>> matrices, ScriptTables tables, boolean encodes) {
    static final String CLASS_NAME = "Decoder";

    /**
     * Writes the script.
     *
     * @param cuda whether cache and weights are on a CUDA device; tokens and logits are in host memory always
     * @param narrowActivations as {@link LinearScript#of} takes it
     */
    static DecoderScript of(Definition definition, Precision precision, boolean cuda, boolean narrowActivations) {
        return new DecoderScriptWriter(definition, CacheType.of(precision, cuda), cuda)
                .write(LinearScript.of(precision, cuda, narrowActivations));
    }
}
