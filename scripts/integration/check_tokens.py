"""Holds llama.cpp's tokenization of the demo tasks' texts to that of the checkpoint's own tokenizer.

usage: check_tokens.py MODEL_FOLDER MODEL.gguf TEXTS.jsonl...

Each line of the texts has a prompt, a target and choices, as the demo tasks have. Ends with 1 at the first difference.
"""

import json
import pathlib
import sys

from llama_cpp import Llama
from tokenizers import Tokenizer


def main(folder, model, files):
    expected = Tokenizer.from_file(str(pathlib.Path(folder) / "tokenizer.json"))
    served = Llama(model_path=model, vocab_only=True, verbose=False)
    checked = 0
    for file in files:
        for line in pathlib.Path(file).read_text().splitlines():
            sample = json.loads(line)
            for answer in sample.get("choices") or [" " + sample["target"].strip()]:
                text = sample["prompt"] + answer
                ours = expected.encode(text).ids
                theirs = served.tokenize(text.encode(), add_bos=True, special=False)
                if ours != theirs:
                    print(f"{text!r}: {ours} in the checkpoint, {theirs} in llama.cpp")
                    return 1
                checked += 1
    print(f"{checked} texts: the same tokens in both")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
