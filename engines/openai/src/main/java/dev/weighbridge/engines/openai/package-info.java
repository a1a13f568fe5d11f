/**
 * Servers that speak OpenAI's interface: vLLM, TGI, TensorRT-LLM, SGLang, llama.cpp, hosted ones. The adapter starts one or reaches
 * one that runs, finds out what it can do, and asks it; the engines of this project are asked by the same client.
 */
@NullMarked
package dev.weighbridge.engines.openai;

import org.jspecify.annotations.NullMarked;
