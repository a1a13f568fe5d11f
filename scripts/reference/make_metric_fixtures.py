"""Scores pairs of texts by the reference packages and writes what they give, for the tests of harness/scoring.

Pairs are drawn from a seed, of words and sentences of this script's own. Usage:

    make_metric_fixtures.py FOLDER SQUAD_METRICS.py

FOLDER gets pairs.jsonl.gz; SQUAD_METRICS.py is transformers/data/metrics/squad_metrics.py of transformers 4.46.3, of which only
the functions on texts are used.
"""

import ast
import gzip
import importlib.util
import json
import random
import re
import string
import sys
from pathlib import Path

import numpy
import sacrebleu
from rouge_score import rouge_scorer

WORDS = """time year people way day man thing woman life child world school state family student group country problem hand part
place case week company system program question work government number night point home water room mother area money story fact
month lot right study book eye job word business issue side kind head house service friend father power hour game line end member
law car city community name president team minute idea kid body information back parent face others level office door health person
art war history party result change morning reason research girl guy moment air teacher force education running flies flying
relational conditional rational valenci hesitanci digitizer conformabli radicalli differentli vileli analogousli vietnamization
predication operator feudalism decisiveness hopefulness callousness formaliti sensitiviti sensibiliti triplicate formative formalize
electriciti electrical hopeful goodness revival allowance inference airliner gyroscopic adjustable defensible irritant replacement
adjustment dependent adoption homologou communism activate angulariti homologous effective bowdlerize probate rate cease controll
roll caresses ponies ties cats feed agreed plastered bled motoring sing conflated troubled sized hopping tanned falling hissing
fizzed failing filing happy sky skies dying lying tying news innings outing cannings howe proceed exceed succeed cries died spied
enjoy enjoyed psychologi apologi generally carefully fully wonderfulli the a an of in to and is was The An A don't it's""".split()
PUNCTUATION = [".", ",", "!", "?", ";", ":", "-", "'s", "...", "(", ")", '"', "&", "%", "$", "/", "<b>", "3.14", "1,000", "2-3", "50%", "&amp;"]
OTHER = ["naïve", "日本語", "Ünïcode", "😀", "émigré", "ЖИЗНЬ", "straße", "ß", "fi", "…", "—", "\u00a0", "İstanbul"]


def text(draw, longest):
    parts = []
    for _ in range(draw.randint(0, longest)):
        kind = draw.random()
        word = draw.choice(WORDS if kind < 0.85 else PUNCTUATION if kind < 0.95 else OTHER)
        parts.append(word.upper() if draw.random() < 0.05 else word.capitalize() if draw.random() < 0.1 else word)
    out = ""
    for part in parts:
        glue = draw.random()
        out += ("" if glue < 0.07 else "\n" if glue < 0.13 else "  " if glue < 0.15 else " ") + part
    return out.strip(" ") if draw.random() < 0.9 else out + " "


def changed(draw, original):
    words = original.split(" ")
    kept = [w for w in words if draw.random() > 0.25]
    for _ in range(draw.randint(0, 4)):
        kept.insert(draw.randint(0, len(kept)), draw.choice(WORDS))
    if draw.random() < 0.3:
        draw.shuffle(kept)
    return " ".join(kept)


def pair(draw, number):
    longest = 3 if number % 5 == 0 else 60 if number % 7 == 0 else 18
    reference = text(draw, longest)
    choice = draw.random()
    if choice < 0.05:
        return reference, reference
    if choice < 0.1:
        return reference.swapcase(), reference
    return (changed(draw, reference) if choice < 0.8 else text(draw, longest)), reference


def squad(path):
    tree = ast.parse(Path(path).read_text())
    names = {"normalize_answer", "get_tokens", "compute_exact", "compute_f1"}
    tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in names]
    space = {"re": re, "string": string, "collections": __import__("collections")}
    exec(compile(tree, str(path), "exec"), space)
    return space


def lm_eval_function(module, name):
    root = Path(importlib.util.find_spec("lm_eval").submodule_search_locations[0])
    tree = ast.parse((root / module).read_text())
    tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    for node in tree.body:
        node.decorator_list = []
        node.returns = None
        for argument in node.args.args + node.args.kwonlyargs:
            argument.annotation = None
    space = {"re": re, "string": string, "np": numpy}
    exec(compile(tree, module, "exec"), space)
    return space[name]


MATH = [
    "{n}", "\\frac{{{n}}}{{{m}}}", "\\frac{n}{m}", "\\dfrac{{{n}}}{{{m}}}", "\\tfrac {n}{m}", "{n}/{m}", "{n}.{m}", ".{n}", "-{n}",
    "\\sqrt{n}", "\\sqrt{{{n}}}", "{m}\\sqrt{n}", "x={n}", "x = {n}", "k={n}/{m}", "{n}^\\circ", "{n}^{{\\circ}}", "{n}\\%", "{n}%",
    "\\${n}", "{n}\\text{{ cm}}", "\\left({n},{m}\\right)", "({n}, {m})", "{n}\\!,000", "{n},000", "0.5", "\\frac12", "1/2", "\\frac{n}",
    "\\frac{{{n}}}{m}", "\\sqrt", "", " ", "a/b", "{n}/b", "\\text{{ a}}\\text{{ b}}", "{n} .{m}", "{{.{n}}}", "x+{n}=y={m}", "abc={n}",
    "\\\\frac{{{n}}}{{{m}}}", "{n}\n", "\\frac", "+{n}/{m}", "00{n}/{m}", "{n} / {m}", "-0/{m}", "\\frac{n}{{m}}", "x^{{{n}}}+{m}x",
]


def math(draw):
    def one(shape, n, m):
        return shape.format(n=n, m=m)

    n, m = draw.randint(0, 12), draw.randint(0, 9)
    first = one(draw.choice(MATH), n, m)
    second = one(draw.choice(MATH), n, m) if draw.random() < 0.8 else one(draw.choice(MATH), draw.randint(0, 12), m)
    return first, second


def main(folder, squad_file):
    draw = random.Random(20261127)
    scorers = {
        stem: rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"], use_stemmer=stem) for stem in (False, True)
    }
    of_squad = squad(squad_file)
    exact = lm_eval_function("api/metrics.py", "exact_match_hf_evaluate")
    equivalent = lm_eval_function("tasks/hendrycks_math/utils.py", "is_equiv")
    boxed = lm_eval_function("tasks/hendrycks_math/utils.py", "last_boxed_only_string")
    lines = []
    pairs = [pair(draw, number) for number in range(2200)]
    for answer, reference in pairs:
        line = {"kind": "pair", "answer": answer, "reference": reference}
        for stem, scorer in scorers.items():
            for name, score in scorer.score(reference, answer).items():
                line[name + ("_stemmed" if stem else "")] = [score.precision, score.recall, score.fmeasure]
        line["f1"] = of_squad["compute_f1"](reference, answer)
        line["squad_exact"] = of_squad["compute_exact"](reference, answer)
        line["bleu"] = sacrebleu.corpus_bleu([answer], [[reference]]).score
        line["chrf"] = sacrebleu.corpus_chrf([answer], [[reference]]).score
        line["chrf++"] = sacrebleu.corpus_chrf([answer], [[reference]], word_order=2).score
        line["ter"] = sacrebleu.corpus_ter([answer], [[reference]]).score
        flags = [draw.random() < 0.5 for _ in range(3)]
        ignored = draw.choice([None, [r"\bthe\b"], [r"[^\w]", r"\s+"], [r"\d"]])
        # numpy cuts a text that lower case makes longer, which no definition asks for.
        if "İ" not in answer + reference:
            line["exact"] = {"flags": flags, "ignored": ignored or [],
                             "score": float(exact([answer], [reference], ignored, *flags)["exact_match"])}
        lines.append(line)
    for size in (2, 3, 5, 10, 50, 200):
        for start in range(0, len(pairs) - size, 211):
            chosen = list(range(start, start + size))
            answers = [pairs[i][0] for i in chosen]
            first = [pairs[i][1] for i in chosen]
            second = [changed(draw, pairs[i][1]) for i in chosen]
            several = [first, second] if size % 2 else [first]
            lines.append({
                "kind": "corpus", "from": start, "size": size, "second": second if size % 2 else [],
                "bleu": sacrebleu.corpus_bleu(answers, several).score,
                "chrf": sacrebleu.corpus_chrf(answers, several).score,
                "chrf++": sacrebleu.corpus_chrf(answers, several, word_order=2).score,
                "ter": sacrebleu.corpus_ter(answers, several).score,
            })
    seen = set()
    while len(seen) < 2200:
        a, b = math(draw)
        if (a, b) not in seen:
            seen.add((a, b))
            lines.append({"kind": "math", "answer": a, "reference": b, "same": bool(equivalent(a, b))})
    for _ in range(200):
        a, b = math(draw)
        solution = draw.choice(["So \\boxed{%s}.", "Thus $\\boxed %s$ and more", "\\fbox{%s}", "%s", "\\boxed{1} then \\boxed{{%s}}", "\\boxed{%s"]) % a
        whole = boxed(solution)
        lines.append({"kind": "boxed", "solution": solution, "boxed": whole})
    for _ in range(2000):
        n = draw.randint(1, 200)
        c, k = draw.randint(0, n), draw.randint(1, n)
        value = 1.0 if n - c < k else 1.0 - numpy.prod(1.0 - k / numpy.arange(n - c + 1, n + 1))
        lines.append({"kind": "pass", "n": n, "right": c, "k": k, "value": float(value)})
    Path(folder).mkdir(parents=True, exist_ok=True)
    with gzip.GzipFile(Path(folder) / "pairs.jsonl.gz", "wb", mtime=0) as file:
        for line in lines:
            file.write((json.dumps(line) + "\n").encode())
    print(len(lines), "lines")


if __name__ == "__main__":
    main(*sys.argv[1:])
