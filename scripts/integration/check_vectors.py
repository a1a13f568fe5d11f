#!/usr/bin/env python3
"""Prints the vectors that onnxruntime gives for some texts, each alone, by a folder that scripts/integration/sentence-cache made."""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

TEXTS = [
    "",
    "a",
    "How do I reset my password?",
    "Wie setze ich mein Passwort zur\u00fcck?",
    "\U0001f600 caf\u00e9 \u79e4\u306f\u9580",
    "What is 17 times 23?",
    "The scale at the gate weighs every truck that comes in, and once more when it leaves. " * 4,
    "The scale at the gate weighs every truck that comes in, and once more when it leaves. " * 60,
]

folder = Path(sys.argv[1])
tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
tokenizer.no_padding()
tokenizer.enable_truncation(512)
session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
first = json.loads((folder / "1_Pooling/config.json").read_text()).get("pooling_mode_cls_token", False)
for text in TEXTS:
    encoding = tokenizer.encode(text)
    values = {"input_ids": encoding.ids, "attention_mask": encoding.attention_mask, "token_type_ids": encoding.type_ids}
    feed = {node.name: np.array([values[node.name]], np.int64) for node in session.get_inputs()}
    hidden = session.run(None, feed)[0][0].astype(np.float64)
    pooled = hidden[0] if first else hidden.mean(axis=0)
    print(json.dumps({"text": text, "values": (pooled / np.linalg.norm(pooled)).tolist()}))
