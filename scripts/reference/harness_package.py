"""Task files that lm-evaluation-harness itself carries, over rows made up in the shapes that their templates need.

The rows of published data sets are not needed: a prompt is a function of a row, whatever it says. For each declarative file, one
of each folder first, several guesses are made at the kind of each column (text, number, list, ...) until the package takes
the task; then its requests are written down. See make_harness_fixtures.py.
"""

import gzip
import json
import os
import random
import re
import signal

import datasets
import jinja2
import jinja2.meta

import lm_eval
from lm_eval.tasks._yaml_loader import load_yaml

SYNTAX = jinja2.Environment(keep_trailing_newline=True)
SYNTAX.filters["regex_replace"] = lambda text, *rest: text
WORDS = "river stone lamp green seven quiet market window copper bread honest winter signal garden paper".split()
MOST_SECONDS = 20
LOAD = datasets.load_dataset


def fields(config):
    names = ["doc_to_text", "doc_to_target", "doc_to_choice", "description", "gen_prefix"]
    found = [config.get(name) for name in names]
    shots = config.get("fewshot_config") or {}
    return found + [shots.get(name) for name in names]


def declarative(config):
    if isinstance(config, dict):
        return all(declarative(value) for value in config.values())
    if isinstance(config, list):
        return all(declarative(value) for value in config)
    return not callable(config)


def columns(config):
    """Names of the columns, with the texts in which they are used."""
    used = {}
    for field in fields(config):
        if not isinstance(field, str):
            continue
        if re.fullmatch(r"\w+", field):
            used.setdefault(field, []).append(field)
            continue
        for name in jinja2.meta.find_undeclared_variables(SYNTAX.parse(field)):
            used.setdefault(name, []).append(field)
    return used


def text(rng, least=2, most=6):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(least, most)))


def value(rng, kind):
    if kind == "text":
        return text(rng) + rng.choice(["", ".", "?", " ", "\n", " – é"])
    if kind == "number":
        return rng.randrange(2)
    if kind == "digit":
        return str(rng.randint(1, 2))
    if kind == "letter":
        return rng.choice("AB")
    if kind == "list":
        return [text(rng, 1, 3) for _ in range(4)]
    if kind == "choices":
        return {"text": [text(rng, 1, 3) for _ in range(4)], "label": ["A", "B", "C", "D"]}
    if kind == "map":
        return {key: text(rng, 1, 3) for key in "ABCD"}
    if kind == "flag":
        return rng.random() < 0.5
    raise ValueError(kind)


KINDS = ["text", "number", "letter", "list", "choices", "digit", "map", "flag"]


def likely(name, used, rng):
    """Kinds of a column, the likeliest first."""
    order = list(KINDS)
    rng.shuffle(order)
    places = " ".join(used)
    if re.search(rf"\b{name}\[\d|{name} *\|? *join|in {name}\b|{name}\|length", places):
        order.insert(0, "list")
    if re.search(rf"\b{name}\.(text|label)|{name}\[.(text|label)", places):
        order.insert(0, "choices")
    if re.search(r"label|answer|gold|target|idx", name):
        order[:0] = ["number", "letter"]
    elif not re.search(r"choices|options", name):
        order.insert(0, "text")
    else:
        order.insert(0, "list")
    return order


def split(names, rng, size):
    return datasets.Dataset.from_list([{name: value(rng, kind) for name, kind in names.items()} for _ in range(size)])


def requests(path, folder, number, expected):
    config = load_yaml(path)
    if not declarative(config) or "task" not in config or "group" in config or not isinstance(config["task"], str):
        return None
    used = columns(config)
    splits = {
        name
        for name in [config.get(f"{role}_split") for role in ("training", "validation", "test", "fewshot")]
        + [(config.get("fewshot_config") or {}).get("split")]
        if isinstance(name, str)
    }
    rng = random.Random(path.rsplit("/tasks/")[-1])
    for attempt in range(30):
        kinds = {}
        for name in sorted(used):
            order = likely(name, used[name], rng)
            kinds[name] = order[0] if attempt == 0 else rng.choice(order[: 2 + attempt // 3])
        kinds["unused"] = "text"
        made = {name: split(kinds, rng, 30) for name in sorted(splits)}
        datasets.load_dataset = lambda *rest, **more: datasets.DatasetDict(made)
        try:
            result = expected(dict(config), most=6, whole=True)
        except Exception:  # Whatever the package says, the guess was wrong.
            continue
        rows = os.path.join(folder, "rows", str(number))
        os.makedirs(rows)
        for name, rows_of in made.items():
            with open(os.path.join(rows, name + ".jsonl"), "w", encoding="utf-8") as out:
                out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows_of)
        return {"file": path, "rows": rows, **result}
    return None


def ported(folder, number, expected):
    """The package's own files whose Python functions have ports, over rows of their data sets' shape."""
    import shutil

    from harness_ports import PORTS, prepared, rows as rows_of

    prepared()
    top = os.path.join(os.path.dirname(lm_eval.__file__), "tasks")
    for port, (_, _, _, _, files, write) in PORTS.items():
        made = rows_of(port)
        if port == "mbpp":
            # The tasks that are solved before each question stand in the data set, with the numbers 2, 3 and 4.
            config = load_yaml(os.path.join(top, files[0]))
            made["prompt"] = [{k: v for k, v in row.items() if k != "is_fewshot"} for row in config["fewshot_config"]["samples"]()]
        for file in files:
            rows = os.path.join(folder, "rows", str(number))
            shutil.rmtree(rows, ignore_errors=True)
            os.makedirs(rows)
            for name, rows_of_split in made.items():
                with open(os.path.join(rows, name + ".jsonl"), "w", encoding="utf-8") as out:
                    out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows_of_split)
            # Read from the files, as a data set is: what a function makes of one is then kept, as it is there.
            files_of = {name: os.path.join(rows, name + ".jsonl") for name in made}
            datasets.load_dataset = lambda *rest, **more: LOAD("json", data_files=files_of)
            config = load_yaml(os.path.join(top, file))
            yield {"file": os.path.join(top, file), "rows": rows, **expected(config, most=6, write=write)}
            number += 1


def package(folder, expected, most=400, of_each=1):
    os.makedirs(folder, exist_ok=True)
    top = os.path.join(os.path.dirname(lm_eval.__file__), "tasks")
    by_folder = {}
    for where, _, files in sorted(os.walk(top)):
        for file in sorted(files):
            if file.endswith(".yaml"):
                by_folder.setdefault(os.path.relpath(where, top), []).append(os.path.join(where, file))
    number = 0
    with gzip.open(os.path.join(folder, "expected.jsonl.gz"), "wt", encoding="utf-8") as out:
        for name, files in by_folder.items():
            random.Random(name).shuffle(files)
            taken = 0
            for path in files[:10]:
                if taken == of_each or number == most:
                    break
                signal.signal(signal.SIGALRM, lambda *rest: (_ for _ in ()).throw(TimeoutError()))
                signal.alarm(MOST_SECONDS)
                try:
                    made = requests(path, folder, number, expected)
                except (Exception, SystemExit) as problem:  # Some modules end the process where a program is missing.
                    print("left out", path, problem)
                    made = None
                finally:
                    signal.alarm(0)
                if made is not None:
                    out.write(json.dumps(made, ensure_ascii=False) + "\n")
                    taken += 1
                    number += 1
            print(name, taken, flush=True)
        for made in ported(folder, number, expected):
            out.write(json.dumps(made, ensure_ascii=False) + "\n")
            print(made["file"], len(made["samples"]), flush=True)
            number += 1
    print(number, "task files")
