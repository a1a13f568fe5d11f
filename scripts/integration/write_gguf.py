"""Writes a Llama checkpoint of this project as GGUF, for llama.cpp.

usage: write_gguf.py MODEL_FOLDER OUTPUT.gguf

Two things differ from the safetensors file. llama.cpp rotates neighbouring pairs of a head's values where Hugging Face rotates
halves, so the rows of queries and keys are put in that order. And llama.cpp has no pre-tokenizer that splits as the demo
model's does, so its byte-pair merges are written as a SentencePiece vocabulary whose scores are the order of the merges; the two
agree on every text of the demo tasks, which `check_tokens.py` holds them to.
"""

import json
import pathlib
import sys

import gguf
import numpy
from safetensors.numpy import load_file

NORMAL, CONTROL, BYTE = 1, 3, 6


def byte_of_character():
    """The byte that each character of a byte-level vocabulary stands for, as GPT-2 lays it out."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {chr(byte): byte for byte in printable}
    others = [byte for byte in range(256) if byte not in printable]
    return {**table, **{chr(256 + place): byte for place, byte in enumerate(others)}}


def interleaved(weight, heads):
    """Rows of each head, from first half and second half to pairs."""
    rows, columns = weight.shape
    halves = weight.reshape(heads, 2, rows // heads // 2, columns)
    return halves.swapaxes(1, 2).reshape(rows, columns)


def vocabulary(tokenizer, size):
    """Text, score and kind of each token."""
    bytes_of = byte_of_character()
    special = {token["id"] for token in tokenizer["added_tokens"]}
    names = {number: text for text, number in tokenizer["model"]["vocab"].items()}
    merges = {}
    for rank, merge in enumerate(tokenizer["model"]["merges"]):
        left, right = merge if isinstance(merge, list) else merge.split(" ")
        merges.setdefault(left + right, rank)
    texts, scores, kinds = [], [], []
    for number in range(size):
        name = names.get(number, f"<unused-{number}>")
        if number in special or number not in names:
            texts.append(name)
            scores.append(0.0)
            kinds.append(CONTROL)
            continue
        raw = bytes(bytes_of[character] for character in name)
        single = len(raw) == 1
        if single and not 32 <= raw[0] < 127:
            texts.append(f"<0x{raw[0]:02X}>")
            kinds.append(BYTE)
        else:
            texts.append(raw.decode("utf-8", "replace").replace(" ", "\u2581"))
            kinds.append(NORMAL)
        scores.append(-1e6 if single else -float(merges[name]))
    return texts, scores, kinds


def main(folder, output):
    config = json.loads((folder / "config.json").read_text())
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    tensors = load_file(folder / "model.safetensors")
    writer = gguf.GGUFWriter(str(output), "llama")
    heads, groups = config["num_attention_heads"], config["num_key_value_heads"]
    head_size = config.get("head_dim") or config["hidden_size"] // heads
    writer.add_name(folder.name)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(groups)
    writer.add_key_length(head_size)
    writer.add_value_length(head_size)
    writer.add_rope_dimension_count(head_size)
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_vocab_size(config["vocab_size"])
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    texts, scores, kinds = vocabulary(tokenizer, config["vocab_size"])
    writer.add_tokenizer_model("llama")
    writer.add_token_list(texts)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_bos_token_id(config["bos_token_id"])
    writer.add_eos_token_id(config["eos_token_id"])
    writer.add_pad_token_id(config["pad_token_id"])
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    names = {
        "input_layernorm": "attn_norm",
        "self_attn.q_proj": "attn_q",
        "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output",
        "post_attention_layernorm": "ffn_norm",
        "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
    }
    outer = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
    for name, tensor in tensors.items():
        stem = name.removesuffix(".weight")
        tensor = tensor.astype(numpy.float32)
        if stem in outer:
            writer.add_tensor(outer[stem] + ".weight", tensor)
            continue
        _, _, layer, part = stem.split(".", 3)
        if part == "self_attn.q_proj":
            tensor = interleaved(tensor, heads)
        elif part == "self_attn.k_proj":
            tensor = interleaved(tensor, groups)
        writer.add_tensor(f"blk.{layer}.{names[part]}.weight", numpy.ascontiguousarray(tensor))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
