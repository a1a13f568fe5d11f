#!/usr/bin/env python3
"""Writes the text fixtures of the inference core: tokenizers of four kinds, made here, with what transformers gives for them.

Usage: make_text_fixtures.py            train the tokenizers and write everything
       make_text_fixtures.py --check    recompute what the committed tokenizers give and compare
"""

import argparse
import io
import json
import random
import sys
import tempfile
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import transformers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

FOLDER = Path(__file__).parents[2] / "engines/inference-core/src/test/resources/text"
KINDS = ["byte-level", "byte-fallback", "unigram", "wordpiece"]
SEED = 20240607
SEQUENCES = 400
MARK = "\u2581"
LARGEST = 150_000

CORPUS = """
The scale at the gate weighs every truck that comes in, and once more when it leaves.
What the driver says the load is, and what it is, are two numbers; the difference is the reason for the scale.
She wrote down 12,480 kg, then 4,310 kg, and did the subtraction twice because it was raining.
"Isn't that heavier than yesterday?" he asked. It wasn't, but they'd changed the trailer.
def weigh(truck): return truck.gross - truck.tare  # in kilograms
for (int i = 0; i < loads.length; i++) { total += loads[i]; }
Once upon a time a small model told long stories about a lighthouse, a cat, and the keeper's daughter.
Le poids est noté à l'entrée et à la sortie; la différence est la charge.
Die Waage steht am Tor, und jeder Wagen fährt zweimal darüber, einmal voll und einmal leer.
La báscula está junto a la puerta; cada camión pasa dos veces, lleno y vacío.
Весы стоят у ворот, и каждая машина проезжает по ним дважды.
Η ζυγαριά είναι στην πύλη και κάθε φορτηγό περνά δύο φορές.
秤は門のそばにあり、どのトラックも二度その上を通ります。
秤在门口，每辆卡车经过两次，一次满载，一次空载。
저울은 문 옆에 있고 모든 트럭은 두 번 지나갑니다.
الميزان عند البوابة وتمر عليه كل شاحنة مرتين.
המאזניים ליד השער וכל משאית עוברת עליהם פעמיים.
तराज़ू द्वार पर है और हर ट्रक उस पर दो बार चढ़ता है।
""".strip().splitlines()

# Written for this file, in the forms that published models use.
TEMPLATES = {
    "turn-marks": "{% for message in messages %}{{ '<|turn|>' + message['role'] + '\n' + message['content'] + '<|end|>' + '\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|turn|>assistant\n' }}{% endif %}",
    "headers": "{% set loop_messages = messages %}{% for message in loop_messages %}"
    "{% set content = '<|head|>' + message['role'] + '<|/head|>\n\n' + message['content'] | trim + '<|end|>' %}"
    "{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|head|>assistant<|/head|>\n\n' }}{% endif %}",
    "system-in-first-turn": "{% if messages[0]['role'] == 'system' %}{% set rest = messages[1:] %}"
    "{% set system = messages[0]['content'] %}{% else %}{% set rest = messages %}{% set system = false %}{% endif %}"
    "{% for message in rest %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('user and assistant must take turns') }}{% endif %}"
    "{% if loop.index0 == 0 and system != false %}{% set content = '<<S>>\n' + system + '\n<</S>>\n\n' + message['content'] %}"
    "{% else %}{% set content = message['content'] %}{% endif %}"
    "{% if message['role'] == 'user' %}{{ bos_token + '[I] ' + content.strip() + ' [/I]' }}"
    "{% elif message['role'] == 'assistant' %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}",
    "renamed-role": "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    "{% for message in messages %}{% if message['role'] == 'assistant' %}{% set role = 'model' %}"
    "{% else %}{% set role = message['role'] %}{% endif %}"
    "{{ '<turn>' + role + '\n' + message['content'] | trim + '</turn>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<turn>model\n' }}{% endif %}",
    "blocks-on-lines": """{%- if messages[0].role == "system" %}
    {{- "System: " ~ messages[0].content ~ "\\n" }}
{%- else %}
    {{- "System: none\\n" }}
{%- endif %}
{%- for message in messages %}
    {%- if message.role == "user" or (message.role == "system" and not loop.first) %}
        {{- message.role | upper }}: {{ message.content }}
    {%- elif message.role == "assistant" %}
        {%- set parts = message.content.split("</think>") %}
        {{- "\\n" + parts[-1].lstrip("\\n") + eos_token }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- "\\nASSISTANT:" }}
{%- endif %}
""",
    "namespace": "{{- bos_token }}{%- set ns = namespace(last=-1, system='') -%}"
    "{%- for m in messages -%}{%- if m['role'] == 'user' -%}{%- set ns.last = loop.index0 -%}{%- endif -%}"
    "{%- if m['role'] == 'system' -%}{%- set ns.system = m['content'] -%}{%- endif -%}{%- endfor -%}"
    "{%- for m in messages -%}"
    "{%- if loop.first and ns.system -%}{{ ns.system ~ '\n\n' }}{%- endif -%}"
    "{{ '<|' ~ m['role'] ~ '|>' ~ m['content'] ~ ('<|end|>' if m['role'] == 'assistant' else '') }}{%- endfor -%}"
    "{{ ' last=' ~ ns.last ~ ' of ' ~ (messages | length) }}",
    "loop-condition": "{{ bos_token }}{% for m in messages if m['role'] != 'system' %}{{ m['content'] }}{% endfor %}",
}
CHATS = [
    [("user", "Hi")],
    [("user", " How much does it weigh? \n"), ("assistant", "12,480 kg"), ("user", "And empty?")],
    [("system", "Be brief.\n"), ("user", "Isn't it heavier?"), ("assistant", "<think>hm\n</think>\n\nNo."), ("user", "Why 'no'?")],
    [("system", ""), ("user", '{{ bos_token }} {% if x %} {# gone? #} <s> </s> \\n "quoted" & <b>')],
    [("user", "秤は門の\u3000そば 👩‍👩‍👧‍👦 \u200fעברית\u00a0é e\u0301"), ("assistant", "\t\u2028ok\u0000\u001f"), ("user", "")],
    [("assistant", "I begin."), ("user", "No.")],
]


def scripts() -> dict[str, list[str]]:
    """Letters, marks and digits by the first word of their name, which is that of their script for nearly all."""
    groups: dict[str, list[str]] = {}
    for point in range(0x21, 0x32000):
        char = chr(point)
        if unicodedata.category(char)[0] in "LMN":
            groups.setdefault(unicodedata.name(char, "UNNAMED").split()[0].split("-")[0], []).append(char)
    return {name: chars for name, chars in sorted(groups.items()) if len(chars) >= 12}


def strings() -> list[str]:
    """The texts: every script, emoji, controls, spaces, marks, bytes that are no UTF-8, special tokens, plain language."""
    rng = random.Random(SEED)
    texts = ["", " ", "  ", "\n", " a", "a ", "  a  b ", "\u2581", "a\u2581b", "\ufffd", "\ufeffa", "'s n't I'm we've . , !"]
    for chars in scripts().values():
        for _ in range(6):
            words = ["".join(rng.choices(chars, k=rng.randint(1, 4))) for _ in range(rng.randint(1, 3))]
            texts.append(rng.choice(["", "", " "]) + rng.choice([" ", " ", ", ", "-"]).join(words))
    people = ["\U0001f468", "\U0001f469", "\U0001f9d1", "\U0001f44d", "\u270b"]
    tones = [chr(tone) for tone in range(0x1F3FB, 0x1F400)]
    faces = [chr(face) for face in range(0x1F600, 0x1F650)]
    for _ in range(60):
        flag = "".join(chr(0x1F1E6 + rng.randrange(26)) for _ in range(2))
        texts.append(rng.choice(people) + rng.choice(tones) + "\u200d" + rng.choice(["\u2695", "\u2764", "\U0001f4bb"]) + "\ufe0f")
        texts.append(rng.choice(["so ", "", "\u2581"]) + rng.choice(faces) + rng.choice(faces) + rng.choice(["", "!", " ok"]))
        texts.append(flag + rng.choice("0123456789#*") + "\ufe0f\u20e3")
    for point in [
        *range(0x00, 0x20),
        *range(0x7F, 0xA1),
        0xAD,
        *range(0x2000, 0x2010),
        *range(0x2028, 0x2030),
        0x205F,
        0x2060,
        0x3000,
    ]:
        texts.append(rng.choice("ab ") + chr(point) + rng.choice("cd "))
    for _ in range(120):
        letters = "".join(rng.choice("aeiouåéİıßΣsDž") + chr(rng.randint(0x300, 0x36F)) for _ in range(rng.randint(1, 4)))
        texts.append(rng.choice([letters, unicodedata.normalize("NFC", letters)]))
    for _ in range(160):
        soup = bytes(
            rng.choice([rng.randint(0x20, 0x7E), rng.randint(0x80, 0xFF), 0xE2, 0xF0, 0xED]) for _ in range(rng.randint(2, 9))
        )
        texts.append(soup.decode("utf-8", errors="replace"))
    for _ in range(120):
        points = [
            rng.choice([rng.randint(0xE000, 0xE010), rng.randint(0xFFF0, 0xFFFF), rng.randint(0x10FFF0, 0x10FFFF), 0x378])
            for _ in range(3)
        ]
        texts.append("".join(map(chr, points)))
    for special in [
        "<s>",
        "</s>",
        "<tool>",
        "<s> a",
        "a<s>b",
        "a </s> b",
        "<tool>a<tool> b",
        " <s>",
        "<0x41>",
        "<unk>",
        "[CLS] a [SEP]",
        "a\n<s>",
    ]:
        texts.append(special)
    words = " ".join(CORPUS).split()
    for _ in range(420):
        at = rng.randrange(len(words) - 6)
        text = " ".join(words[at : at + rng.randint(1, 6)])
        texts.append(
            rng.choice([text, text, text.upper(), " " + text, text.replace(" ", "  "), text + "\n", text.replace(" ", "\t")])
        )
    texts += ["a" * 300, " " * 40, "0123456789" * 9, "é" * 50, "\n" * 20]
    return list(dict.fromkeys(texts))


def special(content: str) -> AddedToken:
    return AddedToken(content, special=True, normalized=False)


def byte_level() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    split = Regex(r"'(?:s|t|re|ve|m|ll|d)| ?\p{L}+| ?\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(split, "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=560,
        show_progress=False,
        special_tokens=[special("<s>"), special("</s>")],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(CORPUS * 3, trainer)
    tokenizer.add_tokens([AddedToken("<tool>", special=False, normalized=False)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", tokenizer.token_to_id("<s>"))]
    )
    return tokenizer


def byte_fallback() -> Tokenizer:
    trained = Tokenizer(models.BPE(unk_token="<unk>"))
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    latin = [line for line in CORPUS if all(ord(char) < 0x250 for char in line)]
    trained.train_from_iterator(latin * 3, trainers.BpeTrainer(vocab_size=330, show_progress=False, special_tokens=["<unk>"]))
    model = json.loads(trained.to_str())["model"]
    names = ["<unk>", "<s>", "</s>"] + [f"<0x{value:02X}>" for value in range(256)]
    names += sorted((name for name in model["vocab"] if name != "<unk>"), key=model["vocab"].get)
    merges = [tuple(merge) for merge in model["merges"]]
    vocab = {name: index for index, name in enumerate(names)}
    tokenizer = Tokenizer(models.BPE(vocab, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend(MARK), normalizers.Replace(" ", MARK)])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace(MARK, " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.add_special_tokens([special("<unk>"), special("<s>"), special("</s>")])
    tokenizer.add_tokens([AddedToken("<tool>", special=False, normalized=False)])
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return tokenizer


def unigram() -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=420, show_progress=False, special_tokens=[special("<unk>"), special("<s>"), special("</s>")], unk_token="<unk>"
    )
    tokenizer.train_from_iterator(CORPUS * 3, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", tokenizer.token_to_id("</s>"))]
    )
    return tokenizer


def wordpiece() -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(cleanup=True)
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    trainer = trainers.WordPieceTrainer(vocab_size=500, show_progress=False, special_tokens=[special(name) for name in names])
    tokenizer.train_from_iterator(CORPUS * 3, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[("[CLS]", tokenizer.token_to_id("[CLS]")), ("[SEP]", tokenizer.token_to_id("[SEP]"))],
    )
    return tokenizer


def fast(tokenizer_json: bytes, kind: str) -> PreTrainedTokenizerFast:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tokenizer.json"
        file.write_bytes(tokenizer_json)
        bos, eos = ("[CLS]", "[SEP]") if kind == "wordpiece" else ("<s>", "</s>")
        return PreTrainedTokenizerFast(tokenizer_file=str(file), bos_token=bos, eos_token=eos, clean_up_tokenization_spaces=False)


def characters_kept(tokenizer: PreTrainedTokenizerFast, ids: list[int]) -> str:
    """The text of tokens when the characters of a run of bytes are kept though the run is not UTF-8, as SentencePiece does."""
    text = b""
    for index in ids:
        token = tokenizer.convert_ids_to_tokens(index)
        if index not in tokenizer.all_special_ids and token != "<unk>":
            is_byte = len(token) == 6 and token.startswith("<0x") and token.endswith(">")
            text += bytes([int(token[3:5], 16)]) if is_byte else token.replace(MARK, " ").encode()
    result = ""
    while text:
        for length in range(1, 5):
            try:
                result += text[:length].decode()
                text = text[length:]
                break
            except UnicodeDecodeError:
                pass
        else:
            result += "\ufffd"
            text = text[1:]
    return result[1:] if result.startswith(" ") else result


def expected(kind: str, tokenizer_json: bytes, texts: list[str]) -> dict[str, Any]:
    tokenizer = fast(tokenizer_json, kind)
    encoded = [tokenizer(text)["input_ids"] for text in texts]
    decoded = [tokenizer.decode(ids, skip_special_tokens=True) for ids in encoded]
    rng = random.Random(SEED + KINDS.index(kind))
    size = len(tokenizer)
    sequences = []
    for _ in range(SEQUENCES):
        favoured = rng.choice([range(size), range(3, 259)])  # where tokens of bytes are, in the kinds that have them
        ids = [rng.choice(favoured) if rng.random() < 0.8 else rng.randrange(size) for _ in range(rng.randint(1, 9))]
        text = tokenizer.decode(ids, skip_special_tokens=True)
        sequence = {"ids": letters(ids), "text": text}
        if kind == "byte-fallback" and (kept := characters_kept(tokenizer, ids)) != text:
            sequence["kept"] = kept
        sequences.append(sequence)
    result: dict[str, Any] = {
        "ids": [letters(ids) for ids in encoded],
        # Most texts come back as they were.
        "decoded": {str(i): text for i, text in enumerate(decoded) if text != texts[i]},
        "sequences": sequences,
    }
    if kind in ("byte-level", "byte-fallback"):
        result["chats"] = chats(tokenizer)
    return result


def chats(tokenizer: PreTrainedTokenizerFast) -> list[dict[str, Any]]:
    rendered = []
    for name, template in TEMPLATES.items():
        for number, chat in enumerate(CHATS):
            for generation in [True, False]:
                messages = [{"role": role, "content": content} for role, content in chat]
                entry: dict[str, Any] = {"template": name, "chat": number, "generation": generation}
                options = {"chat_template": template, "add_generation_prompt": generation}
                try:
                    entry["text"] = tokenizer.apply_chat_template(messages, tokenize=False, **options)
                    entry["ids"] = letters(tokenizer(entry["text"], add_special_tokens=False)["input_ids"])
                except Exception as e:  # what a template raises comes out as it is
                    entry["refusal"] = str(e)
                rendered.append(entry)
    return rendered


def packed(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, content in entries.items():
            file.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()


def letters(ids: list[int]) -> str:
    """Tokens as characters, which take less room than numbers: id i is the character 100 (hexadecimal) + i."""
    return "".join(chr(0x100 + index) for index in ids)


def dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def inputs() -> dict[str, Any]:
    return {"transformers": transformers.__version__, "strings": strings(), "templates": TEMPLATES, "chats": CHATS}


def write() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    texts = strings()
    entries = {"inputs.json": dumped(inputs())}
    for kind, make in zip(KINDS, [byte_level, byte_fallback, unigram, wordpiece]):
        tokenizer_json = dumped(json.loads(make().to_str()))
        entries[kind + "/tokenizer.json"] = tokenizer_json
        entries[kind + "/expected.json"] = dumped(expected(kind, tokenizer_json, texts))
    content = packed(entries)
    (FOLDER / "text.zip").write_bytes(content)
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        for entry in file.infolist():
            print(f"{entry.filename}: {entry.compress_size} bytes")
    print(f"text.zip: {len(content)} bytes, {len(texts)} texts, {len(scripts())} scripts")
    if len(content) > LARGEST:
        sys.exit(f"text.zip is larger than {LARGEST} bytes")


def check() -> None:
    differences = 0
    with zipfile.ZipFile(FOLDER / "text.zip") as file:
        texts = json.loads(file.read("inputs.json"))["strings"]
        for kind in KINDS:
            committed = json.loads(file.read(kind + "/expected.json"))
            now = json.loads(dumped(expected(kind, file.read(kind + "/tokenizer.json"), texts)))
            for part, value in committed.items():
                rows = list(value.items()) if isinstance(value, dict) else value
                other = list(now[part].items()) if isinstance(value, dict) else now[part]
                count = sum(a != b for a, b in zip(rows, other)) + abs(len(rows) - len(other))
                print(f"{kind} {part}: {count} of {len(rows)} differ")
                differences += count
    if differences:
        sys.exit(1)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true", help="compare with what is committed and write nothing")
    check() if arguments.parse_args().check else write()
