"""Holds random documents against random JSON schemas with the package jsonschema, for the tests of harness/scoring.

Schemas and documents are drawn from a seed; half of the documents are made to fit. Usage:

    make_json_schema_fixtures.py FILE.jsonl.gz

Each line is {"schema", "answer", "json", "valid"}: the answer as text, whether it is JSON, and whether jsonschema finds it valid.
"""

import gzip
import json
import random
import sys

import jsonschema

DRAFTS = [
    None,
    None,
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "http://json-schema.org/draft-07/schema#",
    "http://json-schema.org/draft-06/schema#",
]
NAMES = ["name", "age", "tags", "a/b", "c~d", "größe", "x", "y", ""]
PATTERNS = ["^[a-z]+$", "^\\d{2,4}$", "o", "^(ab|cd)*$", "[A-Z]", "^.{3}$", "\\s", "^[^@]+@[^@]+$"]
TEXTS = ["", "a", "abc", "ab", "abcd", "foo", "2024", "12", "X", "naïve", "日本語", "😀😀", "a b", "me@here", "long text with words"]
NUMBERS = [0, 1, -1, 2, 3, 7, 10, 100, 1.0, 2.5, -0.5, 0.1, 0.3, 1e3, 1e-7, 12345678901234567890, 9007199254740993]


def scalar(draw):
    return draw.choice([draw.choice(TEXTS), draw.choice(NUMBERS), True, False, None])


def value(draw, depth=0):
    kind = draw.random()
    if depth > 3 or kind < 0.5:
        return scalar(draw)
    if kind < 0.75:
        return [value(draw, depth + 1) for _ in range(draw.randint(0, 4))]
    return {draw.choice(NAMES): value(draw, depth + 1) for _ in range(draw.randint(0, 4))}


def some(draw, likely=0.35):
    return draw.random() < likely


def schema(draw, draft, depth=0):
    if depth > 3 or draw.random() < 0.08:
        return draw.choice([True, {}, {"type": "string"}, {"type": "integer"}, {"type": "number"}, {"type": "null"}, False])
    if depth and draw.random() < 0.1:
        return {"$ref": draw.choice(["#/definitions/part", "#/definitions/part", "#"])}
    kind = draw.choice(["object", "object", "array", "string", "number", "any", "combined"])
    out = {}
    if kind == "object":
        out["type"] = "object" if some(draw, 0.8) else ["object", "null"]
        names = draw.sample(NAMES, draw.randint(1, 4))
        out["properties"] = {name: schema(draw, draft, depth + 1) for name in names}
        if some(draw, 0.6):
            out["required"] = draw.sample(names, draw.randint(1, len(names)))
        if some(draw):
            out["additionalProperties"] = draw.choice([False, {"type": "string"}, True])
        if some(draw, 0.2):
            out["patternProperties"] = {draw.choice(PATTERNS): schema(draw, draft, depth + 1)}
        if some(draw, 0.2):
            out["minProperties"] = draw.randint(0, 3)
        if some(draw, 0.2):
            out["maxProperties"] = draw.randint(1, 4)
        if some(draw, 0.2):
            out["propertyNames"] = {"pattern": draw.choice(PATTERNS)}
        if some(draw, 0.15):
            pair = draw.sample(NAMES, 2)
            out["dependentRequired" if draft is None or "20" in draft else "dependencies"] = {pair[0]: [pair[1]]}
        if some(draw, 0.15) and (draft is None or "20" in draft):
            out["unevaluatedProperties"] = False
            out.pop("additionalProperties", None)
    elif kind == "array":
        out["type"] = "array"
        if some(draw, 0.7):
            out["items"] = schema(draw, draft, depth + 1)
        elif draft is None or "2020" in draft:
            out["prefixItems"] = [schema(draw, draft, depth + 1) for _ in range(draw.randint(1, 3))]
            out["items"] = draw.choice([False, True, {"type": "integer"}])
        else:
            out["items"] = [schema(draw, draft, depth + 1) for _ in range(draw.randint(1, 3))]
            out["additionalItems"] = draw.choice([False, {"type": "integer"}])
        if some(draw):
            out["uniqueItems"] = True
        if some(draw):
            out["minItems"] = draw.randint(0, 3)
        if some(draw):
            out["maxItems"] = draw.randint(0, 4)
        if some(draw, 0.2):
            out["contains"] = schema(draw, draft, depth + 1)
    elif kind == "string":
        if some(draw, 0.8):
            out["type"] = "string"
        if some(draw):
            out["minLength"] = draw.randint(0, 4)
        if some(draw):
            out["maxLength"] = draw.randint(1, 6)
        if some(draw):
            out["pattern"] = draw.choice(PATTERNS)
        if some(draw, 0.2):
            out["format"] = draw.choice(["email", "date-time", "uri", "ipv4"])
    elif kind == "number":
        out["type"] = draw.choice(["number", "integer"])
        if some(draw):
            out["minimum"] = draw.choice(NUMBERS)
        if some(draw):
            out["exclusiveMaximum"] = draw.choice(NUMBERS)
        if some(draw, 0.3):
            out["multipleOf"] = draw.choice([1, 2, 5, 0.5, 2.5])
    elif kind == "any":
        if some(draw, 0.5):
            # Draft 6 wants them to differ, and 1 is 1.0 in JSON but not True.
            values = [value(draw, 2) for _ in range(draw.randint(1, 5))]
            out["enum"] = list({(type(v) is bool, json.dumps(v if v != 1.0 or type(v) is bool else 1)): v for v in values}.values())
        else:
            out["const"] = value(draw, 2)
    else:
        word = draw.choice(["anyOf", "oneOf", "allOf", "not", "if"])
        if word == "not":
            out["not"] = schema(draw, draft, depth + 1)
        elif word == "if" and draft != DRAFTS[-1]:
            out.update({w: schema(draw, draft, depth + 1) for w in ("if", "then", "else")})
        else:
            word = "anyOf" if word == "if" else word
            out[word] = [schema(draw, draft, depth + 1) for _ in range(draw.randint(1, 3))]
    return out


def fitting(draw, rules, root, depth=0):
    """A document that has a fair chance to be valid."""
    if not isinstance(rules, dict) or depth > 6:
        return scalar(draw)
    if "$ref" in rules:
        return fitting(draw, root["definitions"]["part"] if "part" in rules["$ref"] else root, root, depth + 1)
    if "const" in rules:
        return rules["const"]
    if "enum" in rules:
        return draw.choice(rules["enum"])
    for word in ("anyOf", "oneOf", "allOf"):
        if word in rules:
            return fitting(draw, draw.choice(rules[word]), root, depth + 1)
    if "then" in rules:
        return fitting(draw, rules[draw.choice(["then", "else"])], root, depth + 1)
    kind = rules.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        out = {}
        for name, inner in rules.get("properties", {}).items():
            if name in rules.get("required", []) or some(draw, 0.4):
                out[name] = fitting(draw, inner, root, depth + 1)
        return out
    if kind == "array":
        if isinstance(rules.get("items"), dict):
            return [fitting(draw, rules["items"], root, depth + 1) for _ in range(draw.randint(rules.get("minItems", 0), 3))]
        first = rules.get("prefixItems") or (rules.get("items") if isinstance(rules.get("items"), list) else [])
        return [fitting(draw, inner, root, depth + 1) for inner in first]
    if kind == "string":
        return draw.choice(TEXTS)
    if kind in ("number", "integer"):
        return draw.choice(NUMBERS)
    return scalar(draw)


def broken(draw, text):
    cut = draw.randint(0, len(text))
    return draw.choice([text[:cut], text + "}", text.replace('"', "'"), "// note\n" + text, text[:cut] + ",," + text[cut:]])


def is_json(text):
    try:
        return json.loads(text, parse_constant=lambda word: 1 / 0), True
    except (ValueError, ZeroDivisionError):
        return None, False


def main(path):
    draw = random.Random(20261128)
    lines = []
    valid = 0
    while len(lines) < 1500 or valid < 500:
        draft = draw.choice(DRAFTS)
        rules = schema(draw, draft)
        if not isinstance(rules, dict):
            continue
        if draft:
            rules["$schema"] = draft
        rules["definitions"] = {"part": schema(draw, draft, 2)}
        kind = jsonschema.validators.validator_for(rules, default=jsonschema.Draft202012Validator)
        kind.check_schema(rules)
        for _ in range(4):
            document = fitting(draw, rules, rules) if some(draw, 0.7) else value(draw)
            text = json.dumps(document, ensure_ascii=some(draw, 0.5), indent=draw.choice([None, 2]))
            if some(draw, 0.05):
                text = broken(draw, text)
            read, well_formed = is_json(text)
            try:
                fits = well_formed and kind(rules).is_valid(read)
            except RecursionError:
                continue
            if fits and valid > 900:
                continue
            valid += fits
            lines.append({"schema": rules, "answer": text, "json": well_formed, "valid": fits})
    with gzip.GzipFile(path, "wb", mtime=0) as file:
        for line in lines:
            file.write((json.dumps(line) + "\n").encode())
    print(len(lines), "lines,", valid, "valid; jsonschema", jsonschema.__version__)


main(*sys.argv[1:])
