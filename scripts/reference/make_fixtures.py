#!/usr/bin/env python3
"""Writes the golden fixtures of the inference core: tiny random checkpoints with the outputs that transformers gives for them.

Usage: make_fixtures.py [--only NAME]            write the fixtures (or one)
       make_fixtures.py --check [--only NAME]    recompute the committed ones and compare
"""

import argparse
import json
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor
from transformers import (
    BloomConfig,
    FalconConfig,
    Gemma2Config,
    Gemma3TextConfig,
    GemmaConfig,
    GenerationConfig,
    GPT2Config,
    GPTNeoXConfig,
    LlamaConfig,
    MistralConfig,
    MixtralConfig,
    OPTConfig,
    Phi3Config,
    PhiConfig,
    PreTrainedConfig,
    PreTrainedModel,
    Qwen2Config,
    Qwen3Config,
    StableLmConfig,
    T5Config,
)

FOLDER = Path(__file__).parents[2] / "engines/inference-core/src/test/resources/families"
PROMPT_LENGTHS = [3, 9, 14, 21]
NEW_TOKENS = 64
START_TOKEN = 0  # what the decoder of an encoder-decoder model starts from
MAX_SEEDS = 200
MAX_ROUNDING = 6e-5  # of a logit by transformers' own float32, so that others, who round in other places, can come near it
MIN_GAP = 2e-3  # between the best and the second logit at each greedy step, so that "the same token" is a fair demand
MIN_DISTINCT = 8  # tokens in a continuation
TOLERANCE = 1e-5
LARGEST_ZIP = 150_000

IDS = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
WIDE = {"vocab_size": 96, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 128} | IDS
NARROW = WIDE | {"hidden_size": 32, "head_dim": 16, "intermediate_size": 48}
GROUPED = NARROW | {"num_key_value_heads": 2}
LLAMA = GROUPED | {"tie_word_embeddings": False}
PHI3 = WIDE | {"intermediate_size": 64, "num_key_value_heads": 2}
NEOX = WIDE | {"hidden_size": 48, "num_attention_heads": 3, "intermediate_size": 96, "rotary_pct": 0.25}
FALCON = WIDE | {"ffn_hidden_size": 96}
OPT = WIDE | {"hidden_size": 48, "num_attention_heads": 3, "ffn_dim": 96}
STABLELM = WIDE | {"intermediate_size": 64, "partial_rotary_factor": 0.25}
T5 = {
    "vocab_size": 96,
    "d_model": 32,
    "d_kv": 16,
    "d_ff": 48,
    "num_layers": 2,
    "num_heads": 3,
    "relative_attention_num_buckets": 16,
    "relative_attention_max_distance": 40,
    "decoder_start_token_id": START_TOKEN,
} | IDS


def rope(kind: str, **parameters: Any) -> dict[str, Any]:
    """The keyword argument that sets a kind of rotary embedding."""
    return {"rope_parameters": {"rope_type": kind, "rope_theta": 10000.0} | parameters}


@dataclass(frozen=True)
class Family:
    """One fixture: a configuration and how its weights are drawn and stored."""

    config: type[PreTrainedConfig]
    options: dict[str, Any]
    dtype: torch.dtype = torch.bfloat16  # of the stored weights; the reference is always computed in float32
    gain: float = 1.5  # of the matrices
    embedding: float = 0.5  # standard deviation of embeddings and of the output layer
    final_norm: float | None = None  # center of the last norm's weights, for livelier logits from small tied embeddings
    attention: str = "eager"
    shard_size: str = "1GB"
    rounding: float = MAX_ROUNDING
    distinct: int = MIN_DISTINCT
    own_output_layer: bool = False  # for a family whose configuration class always ties it


FAMILIES: dict[str, Family] = {
    "llama-2": Family(
        LlamaConfig, NARROW | {"vocab_size": 80, "intermediate_size": 40, "tie_word_embeddings": False}, torch.float32
    ),
    "llama-3": Family(
        LlamaConfig,
        GROUPED
        | {"tie_word_embeddings": True}
        | rope("llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32),
    ),
    "llama-linear": Family(LlamaConfig, LLAMA | rope("linear", factor=4.0)),
    "llama-dynamic": Family(LlamaConfig, LLAMA | rope("dynamic", factor=4.0)),
    "llama-yarn": Family(LlamaConfig, LLAMA | rope("yarn", factor=4.0, original_max_position_embeddings=32)),
    "llama-biases": Family(LlamaConfig, LLAMA | {"attention_bias": True, "mlp_bias": True}),
    "llama-head-8": Family(LlamaConfig, LLAMA | {"head_dim": 8}),
    "sharded": Family(LlamaConfig, LLAMA, shard_size="36KB"),
    "mistral": Family(MistralConfig, GROUPED | {"sliding_window": 16}),
    "mistral-full": Family(MistralConfig, GROUPED | {"sliding_window": None}, torch.float16),
    "mixtral": Family(MixtralConfig, GROUPED | {"num_local_experts": 4, "num_experts_per_tok": 2}),
    "qwen2": Family(Qwen2Config, WIDE | {"num_key_value_heads": 2, "intermediate_size": 64}),
    "qwen3": Family(Qwen3Config, GROUPED),
    "gemma": Family(GemmaConfig, GROUPED | {"num_key_value_heads": 1}, gain=3.0, embedding=0.2, final_norm=2.0),
    "gemma2": Family(
        Gemma2Config,
        GROUPED
        | {"sliding_window": 16, "query_pre_attn_scalar": 24}
        | {"attn_logit_softcapping": 5.0, "final_logit_softcapping": 8.0},
        gain=3.0,
        embedding=0.1,
        final_norm=5.0,
    ),
    "gemma3": Family(
        Gemma3TextConfig,
        GROUPED
        | {"num_hidden_layers": 4, "sliding_window": 16, "sliding_window_pattern": 3, "query_pre_attn_scalar": 4}
        | {
            "rope_parameters": {
                "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000000.0},
                "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
            }
        },
        gain=3.0,
        embedding=0.1,
        final_norm=5.0,
    ),
    "phi": Family(PhiConfig, WIDE | {"intermediate_size": 80, "partial_rotary_factor": 0.5}),
    "phi3": Family(Phi3Config, PHI3 | {"sliding_window": None}),
    "phi3-window": Family(Phi3Config, PHI3 | {"sliding_window": 16}),
    "phi3-longrope": Family(
        Phi3Config,
        PHI3
        | {"max_position_embeddings": 512, "original_max_position_embeddings": 128}
        | rope(
            "longrope",
            short_factor=[1.0, 1.05, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0],
            long_factor=[1.2, 1.5, 2.0, 3.0, 4.5, 7.0, 10.0, 14.0],
        ),
    ),
    "falcon-7b": Family(FalconConfig, FALCON | {"multi_query": True, "parallel_attn": True, "bias": False}, gain=2.5),
    "falcon-40b": Family(FalconConfig, FALCON | {"new_decoder_architecture": True, "num_kv_heads": 2}, gain=2.5),
    # With "eager", this version adds ALiBi twice (once in the mask); with "sdpa" once, as the model was trained.
    "falcon-rw": Family(
        FalconConfig,
        FALCON | {"alibi": True, "bias": True, "parallel_attn": False, "multi_query": False},
        gain=3.0,
        attention="sdpa",
    ),
    "bloom": Family(BloomConfig, {"vocab_size": 96, "hidden_size": 48, "n_layer": 2, "n_head": 3} | IDS, gain=4.0),
    "gpt2": Family(
        GPT2Config,
        {"vocab_size": 96, "n_embd": 48, "n_layer": 2, "n_head": 3, "n_inner": 96, "n_positions": 128} | IDS,
    ),
    "gpt-neox": Family(GPTNeoXConfig, NEOX | {"use_parallel_residual": True}, torch.float16),
    "gpt-neox-sequential": Family(GPTNeoXConfig, NEOX | {"use_parallel_residual": False, "attention_bias": True}),
    "opt": Family(OPTConfig, OPT, gain=2.5),
    "opt-350m": Family(OPTConfig, OPT | {"do_layer_norm_before": False, "word_embed_proj_dim": 32}, gain=2.5),
    "stablelm": Family(StableLmConfig, STABLELM | {"intermediate_size": 48, "num_key_value_heads": 4, "use_qkv_bias": True}),
    "stablelm-2": Family(
        StableLmConfig, STABLELM | {"num_key_value_heads": 2, "qk_layernorm": True, "use_parallel_residual": True}
    ),
    "t5": Family(T5Config, T5 | {"feed_forward_proj": "relu"}, gain=2.5, final_norm=5.0, rounding=3.1e-5, distinct=5),
    "flan-t5": Family(
        T5Config, T5 | {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False}, gain=2.0, own_output_layer=True
    ),
}


def draw_weights(model: PreTrainedModel, family: Family, generator: torch.Generator) -> None:
    """Gives every parameter random values, also those that start at zero or one."""

    def uniform(parameter: Tensor, center: float) -> Tensor:
        return center + 0.3 * (2 * torch.rand(parameter.shape, generator=generator) - 1)

    drawn: set[int] = set()
    for module_name, module in model.named_modules():
        kind = type(module).__name__
        for name, parameter in module.named_parameters(recurse=False):
            if id(parameter) in drawn:  # tied
                continue
            drawn.add(id(parameter))
            if "Norm" in kind and name == "weight":
                last = module_name in ("model.norm", "decoder.final_layer_norm")
                usual = 0.0 if kind.startswith("Gemma") else 1.0
                values = uniform(parameter, family.final_norm if last and family.final_norm is not None else usual)
            elif parameter.dim() == 1:
                values = uniform(parameter, 0.0)
            elif "Embedding" in kind or module is model.get_output_embeddings():
                values = family.embedding * torch.randn(parameter.shape, generator=generator)
            else:
                inputs = parameter.shape[0] if kind == "Conv1D" else parameter.shape[-1]
                values = family.gain * inputs**-0.5 * torch.randn(parameter.shape, generator=generator)
            if kind == "Linear" and module_name.endswith("Attention.q"):  # T5 does not scale the scores of attention
                values *= model.config.d_kv**-0.5
            parameter.data.copy_(values)


def model_class(config: PreTrainedConfig) -> Any:
    """The auto class that loads a configuration."""
    return transformers.AutoModelForSeq2SeqLM if config.is_encoder_decoder else transformers.AutoModelForCausalLM


def write_checkpoint(family: Family, seed: int, folder: str) -> None:
    """Saves a checkpoint with random weights as transformers does."""
    config = family.config(**family.options)
    model = model_class(config).from_config(config)
    if family.own_output_layer:
        model.lm_head.weight = torch.nn.Parameter(torch.empty_like(model.lm_head.weight))
    draw_weights(model, family, torch.Generator().manual_seed(seed))
    model.to(family.dtype).save_pretrained(folder, max_shard_size=family.shard_size)


def load_model(family: Family, folder: str) -> PreTrainedModel:
    """Loads a checkpoint in float32, without anything that would change or end a continuation."""
    config = transformers.AutoConfig.from_pretrained(folder)
    model = model_class(config).from_pretrained(folder, dtype=torch.float32, attn_implementation=family.attention).eval()
    model.generation_config = GenerationConfig(
        pad_token_id=0, decoder_start_token_id=START_TOKEN if config.is_encoder_decoder else None
    )
    return model


def generate(model: PreTrainedModel, prompts: list[list[int]]) -> list[list[int]]:
    """Continues prompts greedily as one batch, padded on the left."""
    longest = max(map(len, prompts))
    ids = torch.tensor([[0] * (longest - len(prompt)) + prompt for prompt in prompts])
    mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    output = model.generate(ids, attention_mask=mask, do_sample=False, max_new_tokens=NEW_TOKENS)
    return output[:, -NEW_TOKENS:].tolist()


def forced_logits(model: PreTrainedModel, prompt: list[int], following: list[int]) -> Tensor:
    """The logits of one pass without a cache; for an encoder-decoder model those of the decoder."""
    if model.config.is_encoder_decoder:
        inputs = {"input_ids": torch.tensor([prompt]), "decoder_input_ids": torch.tensor([[START_TOKEN] + following])}
    else:
        inputs = {"input_ids": torch.tensor([prompt + following])}
    return model(**inputs, use_cache=False).logits[0]


@torch.inference_mode()
def compute_expected(family: Family, folder: str, prompts: list[list[int]]) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """What transformers gives for a checkpoint: the greedy continuations and the logits."""
    model = load_model(family, folder)
    encoder_decoder = model.config.is_encoder_decoder
    greedy = [generate(model, [prompt])[0] for prompt in prompts]
    tokens = {"greedy": greedy, "ragged": generate(model, prompts)}
    logits: dict[str, Tensor] = {}
    for i, (prompt, continuation) in enumerate(zip(prompts, greedy)):
        logits[f"logits.{i}"] = forced_logits(model, prompt, continuation[:20] if encoder_decoder else [])
    logits["continued.0"] = forced_logits(model, prompts[0], greedy[0][:-1])[-NEW_TOKENS:]
    return tokens, {name: tensor.clone() for name, tensor in logits.items()}


@torch.inference_mode()
def find_fault(family: Family, folder: str, prompts: list[list[int]], tokens: dict[str, Any]) -> str | None:
    """Why these continuations would be an unfair or a dull demand, if they would."""
    model = load_model(family, folder)
    exact = load_model(family, folder).double()
    for prompt, continuation in zip(prompts, tokens["greedy"]):
        logits = forced_logits(model, prompt, continuation[:-1])
        if (rounding := (logits - forced_logits(exact, prompt, continuation[:-1])).abs().max().item()) > family.rounding:
            return f"float32 changes a logit by {rounding:.1e}"
        best = logits[-NEW_TOKENS:].topk(2)
        if best.indices[:, 0].tolist() != continuation:
            return "a pass without a cache chooses other tokens"
        if (gap := (best.values[:, 0] - best.values[:, 1]).min().item()) < MIN_GAP:
            return f"a gap of {gap:.1e} between two tokens"
        if (distinct := len(set(continuation))) < family.distinct:
            return f"{distinct} distinct tokens"
    return None


def pack(name: str, folder: str, expected: dict[str, Any], tensors: dict[str, Tensor]) -> None:
    """Writes a fixture; the same content gives the same bytes."""
    paths = sorted(Path(folder).iterdir())
    entries = {p.name: p.read_bytes() for p in paths if p.name == "config.json" or p.name.startswith("model")}
    entries["expected.json"] = (json.dumps(expected) + "\n").encode()
    entries["expected.safetensors"] = save_tensors(tensors)
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for entry in sorted(entries):
            archive.writestr(zipfile.ZipInfo(entry), entries[entry], zipfile.ZIP_DEFLATED, 9)
    if (size := path.stat().st_size) > LARGEST_ZIP:
        raise SystemExit(f"{path} has {size} bytes, over {LARGEST_ZIP}: make the configuration smaller")


def make(name: str, family: Family) -> None:
    """Writes a fixture from the first seed whose continuations are a fair demand."""
    for seed in range(1, MAX_SEEDS + 1):
        generator = torch.Generator().manual_seed(seed)
        vocabulary = family.options["vocab_size"]
        prompts = [torch.randint(3, vocabulary, (n,), generator=generator).tolist() for n in PROMPT_LENGTHS]
        with tempfile.TemporaryDirectory() as folder:
            write_checkpoint(family, seed, folder)
            tokens, tensors = compute_expected(family, folder, prompts)
            if fault := find_fault(family, folder, prompts, tokens):
                print(f"{name}: seed {seed} not used: {fault}", file=sys.stderr)
                continue
            if tokens["ragged"] != tokens["greedy"]:
                raise SystemExit(f"{name}: a padded batch gives other tokens than each prompt alone")
            versions = {"transformers": transformers.__version__, "torch": torch.__version__}
            expected = {"name": name} | versions | {"seed": seed, "prompts": prompts} | tokens
            pack(name, folder, expected, tensors)
        spread = torch.cat(list(tensors.values())).std().item()
        distinct = [len(set(continuation)) for continuation in tokens["greedy"]]
        size = (FOLDER / f"{name}.zip").stat().st_size
        print(f"{name}: seed {seed}, {size} bytes, spread of logits {spread:.1f}, distinct tokens {distinct}")
        return
    raise SystemExit(f"{name}: no seed up to {MAX_SEEDS} will do; change the gain")


def check(name: str) -> bool:
    """Whether the installed versions give what a committed fixture expects of its checkpoint."""
    with zipfile.ZipFile(FOLDER / f"{name}.zip") as archive, tempfile.TemporaryDirectory() as folder:
        archive.extractall(folder)
        expected = json.loads(archive.read("expected.json"))
        wanted = load_tensors(archive.read("expected.safetensors"))
        tokens, tensors = compute_expected(FAMILIES[name], folder, expected["prompts"])
    same_tokens = all(tokens[key] == expected[key] for key in tokens)
    difference = max((tensors[key] - wanted[key]).abs().max().item() for key in wanted)
    passed = same_tokens and difference <= TOLERANCE
    print(
        f"{name}: largest difference {difference:.1e}, {'the same' if same_tokens else 'OTHER'} tokens: "
        f"{'passed' if passed else 'FAILED'}"
    )
    return passed


def main() -> int:
    """Writes or checks the fixtures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=FAMILIES, metavar="NAME", help=f"one of {', '.join(FAMILIES)}")
    parser.add_argument("--check", action="store_true", help="compare with the committed fixtures, write nothing")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    names = [arguments.only] if arguments.only else list(FAMILIES)
    if arguments.check:
        return 0 if all([check(name) for name in names]) else 1
    for name in names:
        make(name, FAMILIES[name])
    return 0


if __name__ == "__main__":
    sys.exit(main())
