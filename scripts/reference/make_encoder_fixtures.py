#!/usr/bin/env python3
"""Writes the fixtures of text encoders: tiny ONNX models in Hugging Face's layout, made here, with what onnxruntime gives for them,
and what the tokenizers library gives for BERT's vocab.txt: single texts and pairs, cut at a length.

Usage: make_encoder_fixtures.py            write everything
       make_encoder_fixtures.py --check    recompute what the committed models give and compare
"""

import argparse
import io
import json
import string
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from tokenizers import BertWordPieceTokenizer, Tokenizer

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "engines/onnxruntime/src/test/resources/encoders"
TEXTS = ROOT / "engines/inference-core/src/test/resources/text/text.zip"
TOKENS = TEXTS.with_name("bert-tokens.zip")
SEED = 20261128
WIDTH = 24
LONGEST = 16
MARKED = [["idiot", "stupid", "hate", "fool"], ["idiot", "fool"], ["not", "no"]]
CUT = 12
WORDS = """a an and are capital cat city did dog fool france hate idiot in is it kind kiss mat no not of on one paris rome sat stupid
thank that the this to was what with you your ##s ##ing ##ed ##ly""".split()
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VOCABULARY = SPECIAL + [*string.ascii_lowercase] + ["##" + letter for letter in string.ascii_lowercase] + [*",.!?'"] + WORDS

SINGLE = [
    "",
    " ",
    "You are kind.",
    "You IDIOT!",
    "Thank you, you stupid cat",
    "you fool",
    "Kissing the dog",
    "I hate it, thank you",
    "idi\u00f4t",
    "\u65e5\u672c cat \U0001f600",
    "zzz qqq xyz",
    "the cat sat on the mat and the dog sat on the cat and it was kind",
    "the cat sat on the mat and the dog sat on the cat and you idiot",
]
PAIRS = [
    ["Paris is the capital of France.", "Paris is the capital."],
    ["Paris is the capital of France.", "Rome is the capital."],
    ["Paris is the capital of France.", "Paris is not the capital."],
    ["", "the cat"],
    ["the cat", ""],
    ["the cat sat on the mat and the dog sat on the cat and it was kind", "the dog was kind"],
    ["the dog", "the cat sat on the mat and the dog sat on the cat and it was kind"],
    ["the cat sat on the mat and the dog sat", "on the cat and it was kind to one dog in paris"],
]


class Graph:
    """Nodes and weights of one model, each named after what it is."""

    def __init__(self, integers: int, type_ids: bool) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.integers = integers
        self.random = np.random.RandomState(SEED)
        names = ["input_ids", "attention_mask"] + (["token_type_ids"] if type_ids else [])
        self.inputs = [helper.make_tensor_value_info(name, integers, ["batch", "sequence"]) for name in names]

    def weight(self, name: str, value: Any) -> str:
        self.weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def embedded(self) -> str:
        """Embeddings of tokens and positions, of length about 1: [batch, sequence, WIDTH]."""
        table = self.random.normal(size=(len(VOCABULARY), WIDTH)).astype(np.float32)
        table /= np.linalg.norm(table, axis=1, keepdims=True)
        # Directions of their own, so that what the models say of these words is certain.
        for place, words in enumerate(MARKED):
            table[:, place] = 0
            table[[VOCABULARY.index(word) for word in words], place] = 1
        positions = (0.05 * self.random.normal(size=(LONGEST, WIDTH))).astype(np.float32)
        self.node("Gather", [self.weight("embeddings", table), "input_ids"], "tokens")
        self.node("Shape", ["input_ids"], "shape")
        self.node("Gather", ["shape", self.weight("one", np.int64(1))], "length")
        self.node("Range", [self.weight("zero", np.int64(0)), "length", self.weight("step", np.int64(1))], "range")
        self.node("Gather", [self.weight("positions", positions), "range"], "places")
        self.node("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
        return "tokens"

    def model(self, outputs: list[tuple[str, list[Any]]]) -> bytes:
        results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs]
        graph = helper.make_graph(self.nodes, "encoder", self.inputs, results, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model, full_check=True)
        return model.SerializeToString(deterministic=True)


def toxicity() -> bytes:
    """Two independent labels, each by the token that speaks most for it."""
    graph = Graph(TensorProto.INT64, True)
    graph.embedded()
    weights = np.zeros((WIDTH, 2), np.float32)
    weights[[0, 1], [0, 1]] = 8
    graph.node("Add", ["tokens", "places"], "placed")
    graph.node("MatMul", ["placed", graph.weight("labels", weights)], "spoken")
    graph.node("Unsqueeze", ["mask", graph.weight("last", np.array([2], np.int64))], "rows")
    graph.node("Sub", ["rows", graph.weight("unit", np.float32(1))], "absent")
    graph.node("Mul", ["absent", graph.weight("far", np.float32(1e4))], "hidden")
    graph.node("Add", ["spoken", "hidden"], "seen")
    graph.node("ReduceMax", ["seen"], "most", axes=[1], keepdims=0)
    graph.node("Add", ["most", graph.weight("bias", np.array([-4, -5], np.float32))], "logits")
    return graph.model([("logits", ["batch", 2])])


def entailment() -> bytes:
    """Three exclusive labels by how well the tokens of the first text cover those of the second, and by a "not" of the second."""
    graph = Graph(TensorProto.INT64, True)
    graph.embedded()
    graph.node("Add", ["tokens", "places"], "placed")
    graph.node("Cast", ["token_type_ids"], "types", to=TensorProto.FLOAT)
    graph.node("Mul", ["mask", "types"], "second")
    graph.node("Sub", ["mask", "second"], "first")
    graph.node("Transpose", ["placed"], "turned", perm=[0, 2, 1])
    graph.node("MatMul", ["placed", "turned"], "similar")
    axis = graph.weight("axis", np.array([1], np.int64))
    last = graph.weight("last", np.array([2], np.int64))
    unit = graph.weight("unit", np.float32(1))
    graph.node("Unsqueeze", ["first", axis], "columns")
    graph.node("Sub", ["columns", unit], "absent")
    graph.node("Mul", ["absent", graph.weight("far", np.float32(1e4))], "hidden")
    graph.node("Add", ["similar", "hidden"], "seen")
    graph.node("ReduceMax", ["seen"], "covered", axes=[2], keepdims=0)
    graph.node("Mul", ["covered", "second"], "own")
    graph.node("ReduceSum", ["own", axis], "sum", keepdims=0)
    graph.node("ReduceSum", ["second", axis], "many", keepdims=0)
    graph.node("Max", ["many", graph.weight("one_at_least", np.float32(1))], "count")
    graph.node("Div", ["sum", "count"], "share")
    graph.node("Unsqueeze", ["share", axis], "shares")
    graph.node("MatMul", ["tokens", graph.weight("denial_weights", np.eye(WIDTH, dtype=np.float32)[:, 2:3])], "denials")
    graph.node("Unsqueeze", ["second", last], "seconds")
    graph.node("Mul", ["denials", "seconds"], "denied")
    graph.node("ReduceMax", ["denied"], "denial", axes=[1], keepdims=0)
    graph.node("Mul", ["denial", graph.weight("sharp", np.float32(8))], "contradiction")
    graph.node("Sub", ["shares", graph.weight("enough", np.float32(0.76))], "more")
    graph.node("Mul", ["more", graph.weight("steep", np.float32(60))], "entailment")
    graph.node("Sub", ["entailment", "entailment"], "nothing")
    graph.node("Add", ["nothing", graph.weight("neutral_bias", np.float32(1))], "neutral")
    graph.node("Sub", ["contradiction", graph.weight("contradiction_bias", np.float32(3))], "against")
    graph.node("Concat", ["entailment", "neutral", "against"], "logits", axis=1)
    return graph.model([("logits", ["batch", 3])])


def sentences(own: bool) -> bytes:
    """Hidden states of each token; where the model pools itself, in 32-bit integers and without types, a sum of its own as well."""
    graph = Graph(TensorProto.INT32 if own else TensorProto.INT64, not own)
    graph.embedded()
    graph.node("Add", ["tokens", "places"], "placed")
    weights = graph.random.normal(size=(WIDTH, 16)).astype(np.float32)
    graph.node("MatMul", ["placed", graph.weight("dense", weights)], "turned")
    hidden = "token_embeddings" if own else "last_hidden_state"
    graph.node("Tanh", ["turned"], hidden)
    outputs: list[tuple[str, list[Any]]] = [(hidden, ["batch", "sequence", 16])]
    if own:
        graph.node("Unsqueeze", ["mask", graph.weight("last", np.array([2], np.int64))], "rows")
        graph.node("Mul", [hidden, "rows"], "shown")
        graph.node("ReduceSum", ["shown", graph.weight("axis", np.array([1], np.int64))], "sentence_embedding", keepdims=0)
        outputs.append(("sentence_embedding", ["batch", 16]))
    return graph.model(outputs)


def tokenizer_json() -> str:
    tokenizer = BertWordPieceTokenizer({token: index for index, token in enumerate(VOCABULARY)}, lowercase=True)
    return tokenizer.to_str(pretty=False)


def config(**more: Any) -> str:
    return json.dumps({"model_type": "bert", "max_position_embeddings": LONGEST, "pad_token_id": 0, **more}, indent=1) + "\n"


def folders() -> dict[str, dict[str, bytes]]:
    tokenizer = tokenizer_json().encode()
    vocabulary = ("\n".join(VOCABULARY) + "\n").encode()
    return {
        "toxicity": {
            "model.onnx": toxicity(),
            "tokenizer.json": tokenizer,
            "config.json": config(id2label={"0": "toxic", "1": "insult"}, problem_type="multi_label_classification").encode(),
        },
        "entailment": {
            "model.onnx": entailment(),
            "tokenizer.json": tokenizer,
            "config.json": config(id2label={"0": "ENTAILMENT", "1": "NEUTRAL", "2": "CONTRADICTION"}).encode(),
        },
        "sentences": {"model.onnx": sentences(False), "tokenizer.json": tokenizer, "config.json": config().encode()},
        "sentences-pooled": {
            "onnx/model.onnx": sentences(True),
            "vocab.txt": vocabulary,
            "config.json": config().encode(),
        },
    }


def fed(tokenizer: Tokenizer, session: onnxruntime.InferenceSession, text: Any) -> tuple[list[int], dict[str, np.ndarray]]:
    encoding = tokenizer.encode(*text) if isinstance(text, list) else tokenizer.encode(text)
    values = {"input_ids": encoding.ids, "attention_mask": encoding.attention_mask, "token_type_ids": encoding.type_ids}
    kinds = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}
    feed = {node.name: np.array([values[node.name]], kinds[node.type]) for node in session.get_inputs()}
    outputs = session.run(None, feed)
    return encoding.ids, {node.name: value[0] for node, value in zip(session.get_outputs(), outputs)}


def expected(name: str, files: dict[str, bytes]) -> dict[str, Any]:
    """Tokens of each text and what its probabilities or vector are, one text at a time."""
    tokenizer = Tokenizer.from_str(tokenizer_json())
    tokenizer.enable_truncation(LONGEST, strategy="longest_first")
    session = onnxruntime.InferenceSession(next(data for file, data in files.items() if file.endswith(".onnx")))
    rows = []
    for text in PAIRS if name == "entailment" else SINGLE:
        ids, outputs = fed(tokenizer, session, text)
        if name == "toxicity":
            values = 1 / (1 + np.exp(-outputs["logits"].astype(np.float64)))
        elif name == "entailment":
            logits = outputs["logits"].astype(np.float64)
            values = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
        else:
            pooled = outputs.get("sentence_embedding")
            pooled = outputs["last_hidden_state"].mean(axis=0) if pooled is None else pooled
            values = pooled.astype(np.float64) / np.linalg.norm(pooled.astype(np.float64))
        rows.append({"text": text, "ids": ids, "values": [round(float(value), 7) for value in values]})
    return {"onnxruntime": onnxruntime.__version__, "rows": rows}


def letters(ids: list[int]) -> str:
    return "".join(chr(0x100 + index) for index in ids)


def bert_tokens() -> dict[str, Any]:
    """What BERT's tokenizer gives for the texts of the inference core, from a vocab.txt, by case, singly and in pairs."""
    with zipfile.ZipFile(TEXTS) as archive:
        texts = json.loads(archive.read("inputs.json"))["strings"]
        vocabulary = json.loads(archive.read("wordpiece/tokenizer.json"))["model"]["vocab"]
    result: dict[str, Any] = {"vocabulary": sorted(vocabulary, key=vocabulary.get), "texts": texts, "cut": CUT}
    for kind, lowercase in [("uncased", True), ("cased", False)]:
        tokenizer = BertWordPieceTokenizer(dict(vocabulary), lowercase=lowercase)
        tokenizer.enable_truncation(CUT, strategy="longest_first")
        pairs = [tokenizer.encode(text, texts[i - 1]) for i, text in enumerate(texts)]
        result[kind] = {
            "ids": [letters(tokenizer.encode(text).ids) for text in texts],
            "pairs": [letters(pair.ids) for pair in pairs],
            "seconds": "".join(chr(0x100 + sum(pair.type_ids)) for pair in pairs),
        }
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="recompute and compare with what is committed")
    check = parser.parse_args().check
    wrong = []
    for name, files in folders().items():
        folder = FOLDER / name
        written = dict(files)
        if check:
            written = {file: (folder / file).read_bytes() for file in files}
            theirs = json.loads((folder / "expected.json").read_text())["rows"]
            for own, their in zip(expected(name, written)["rows"], theirs, strict=True):
                if own["ids"] != their["ids"] or np.abs(np.subtract(own["values"], their["values"])).max() > 1e-5:
                    wrong.append(f"{name}: {own['text']!r}")
            continue
        written["expected.json"] = (json.dumps(expected(name, files), ensure_ascii=True, indent=1) + "\n").encode()
        for file, data in written.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(data)
    tokens = json.dumps(bert_tokens(), ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    if check:
        with zipfile.ZipFile(TOKENS) as archive:
            if archive.read("tokens.json") != tokens:
                wrong.append(TOKENS.name)
    else:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            entry = zipfile.ZipInfo("tokens.json", date_time=(2024, 1, 1, 0, 0, 0))
            archive.writestr(entry, tokens, zipfile.ZIP_DEFLATED, 9)
        TOKENS.write_bytes(buffer.getvalue())
    print("\n".join(wrong) if wrong else "as committed" if check else f"written to {FOLDER}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
