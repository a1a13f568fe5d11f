"""Puts prompts together with lm-evaluation-harness itself and judges made-up answers with it, for task files of our own.

    python make_harness_fixtures.py FOLDER            # writes FOLDER/tasks, FOLDER/rows, FOLDER/expected.jsonl.gz
                                                      # and FOLDER/chats.jsonl.gz
    python make_harness_fixtures.py --ports FOLDER    # writes FOLDER/ports: the same for task files that name Python functions of
                                                      # lm-eval's tasks which Weighbridge has ports of
    python make_harness_fixtures.py --package FOLDER  # the same for the declarative task files that the package itself carries,
                                                      # over rows made up in the shapes that their templates need

Each line of what is expected is {"task", "samples": [{"doc_id", "arguments", "replies", "scores"}]}: the arguments are those of
each request, the replies are made up (texts, or a likelihood and whether it is greedy), and the scores are by metric and filter.
Of chats each line is {"task", "chat", "turns", "system", "samples": [{"doc_id", "arguments"}]}, where the messages stand as JSON in the
place of what a chat template would make of them.
Needs lm-eval 0.4.13; --ports and --package run code answers that are made up here, and need Hugging Face's metric code_eval as a
folder code_eval in the working directory.
"""

import gzip
import json
import logging
import os
import random
import sys

import datasets

from lm_eval.api.task import ConfigurableTask
from lm_eval.tasks._yaml_loader import load_yaml

logging.disable(logging.WARNING)
datasets.disable_progress_bars()

WORDS = (
    "river stone lamp green seven quiet market window copper bread honest winter signal garden paper silver north "
    "basket planet thunder yellow engine harbour letter music number orange pencil question road salt table"
).split()


def text(rng, least=3, most=9):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(least, most)))


def rows(seed, count, odd=False):
    rng = random.Random(seed)
    made = []
    for i in range(count):
        answer = rng.randrange(4)
        choices = [text(rng, 1, 3) + f" {j}" for j in range(4)]
        row = {
            "id": i,
            "question": text(rng).capitalize() + "?",
            "passage": text(rng, 8, 20).capitalize() + ".\n" + text(rng, 4, 8).capitalize() + ".",
            "choices": choices,
            "answer": answer,
            "letter": "ABCD"[answer],
            "digit": str(answer),
            "right": choices[answer],
            "many": [text(rng, 1, 2), text(rng, 1, 2)],
            "flag": bool(rng.getrandbits(1)),
            "options": {"text": choices, "label": ["A", "B", "C", "D"]},
            "subject": rng.choice(["rivers", "stones and sand"]),
            "prefix": rng.choice(["So", "Well, ", "Answer:"]),
            "sentence": text(rng, 2, 4) + " _ " + text(rng, 2, 4),
            "option1": rng.choice(WORDS),
            "option2": rng.choice(WORDS),
            "blank": str(rng.randint(1, 2)),
            "total": f"{rng.randint(1, 9999):,}",
            "note": None if i % 3 else text(rng, 1, 2),
            "weight": rng.randint(1, 50) / 4,
        }
        if odd:
            row["question"] += rng.choice([" ", "\u00a0", "\n", " “…” ", " ไทย", " 😀", "\t"])
            row["right"] = rng.choice([" ", "", "\u3000"]) + row["right"]
            row["passage"] = rng.choice(["It's \"so\"\\n. ", "{{ not a place }} ", "a\r\nb ", ""]) + row["passage"]
        made.append(row)
    return made


CHOICE = """
output_type: multiple_choice
doc_to_text: "Question: {{question}}\\nAnswer:"
doc_to_choice: "{{choices}}"
doc_to_target: answer
"""
WRITE = """
output_type: generate_until
doc_to_text: "Question: {{question}}\\nAnswer:"
doc_to_target: "{{right}}"
generation_kwargs:
  until: ["\\n\\n"]
  max_gen_toks: 32
"""
FEW = """
fewshot_split: train
num_fewshot: 3
"""

TASKS = {
    "choice-columns": CHOICE.replace('"{{choices}}"', "choices"),
    "choice-list": CHOICE.replace('"{{choices}}"', "'{{[choices[0], choices[1], choices[2], choices[3]]}}'"),
    "choice-letters": """
output_type: multiple_choice
description: "The following are questions about {{subject}}.\\n\\n"
doc_to_text: "{{question.strip()}}\\nA. {{choices[0]}}\\nB. {{choices[1]}}\\nC. {{choices[2]}}\\nD. {{choices[3]}}\\nAnswer:"
doc_to_choice: ["A", "B", "C", "D"]
doc_to_target: answer
fewshot_split: dev
num_fewshot: 5
fewshot_config:
  sampler: first_n
metric_list:
  - metric: acc
    aggregation: mean
    higher_is_better: true
""",
    "choice-letter-target": CHOICE.replace('"{{choices}}"', '["A", "B", "C", "D"]').replace("answer\n", "letter\n") + FEW,
    "choice-map": CHOICE.replace('"{{choices}}"', "{first: yes they do, second: no they do not}").replace(
        "doc_to_target: answer", "doc_to_target: flag"),
    "choice-boolean": CHOICE.replace('"{{choices}}"', '["no", "yes"]').replace("doc_to_target: answer", "doc_to_target: flag") + FEW,
    "choice-digit": CHOICE.replace("doc_to_target: answer", 'doc_to_target: "{{digit}}"') + FEW,
    "choice-index": CHOICE.replace("doc_to_target: answer", "doc_to_target: '{{choices.index(right)}}'") + FEW,
    "choice-nested": CHOICE.replace('"{{choices}}"', '"{{options.text}}"').replace(
        "doc_to_target: answer", 'doc_to_target: "{{options.label.index(letter)}}"') + FEW + """
metric_list:
  - metric: acc
  - metric: acc_norm
  - metric: acc_bytes
""",
    "choice-description": CHOICE + FEW + "description: \"Answer each.\\n\\n\"\n",
    "choice-description-column": CHOICE + FEW + "description: subject\n",
    "choice-delimiter-none": CHOICE.replace("Answer:", "Answer: ") + FEW + 'target_delimiter: ""\n',
    "choice-delimiter-line": CHOICE + FEW + 'target_delimiter: "\\n"\nfewshot_delimiter: "\\n###\\n"\n',
    "choice-empty-prompt": CHOICE.replace('"Question: {{question}}\\nAnswer:"', '""'),
    "choice-prefix": CHOICE + FEW + 'gen_prefix: "The answer is"\n',
    "choice-several": CHOICE.replace("doc_to_target: answer", "doc_to_target: '{{[answer, (answer + 1) % 4]}}'"),
    "choice-brier": CHOICE + """
metric_list:
  - metric: acc_norm
  - metric: brier_score
    higher_is_better: false
    aggregation: brier_score
""",
    "choice-further": CHOICE.replace('"{{choices}}"', '["no", "yes"]').replace("doc_to_target: answer", "doc_to_target: flag") + """
metric_list:
  - metric: mcc
  - metric: f1
  - metric: acc_mutual_info
  - metric: exact_match
    aggregation: mean
    higher_is_better: true
""",
    "choice-mutual": CHOICE + FEW + """
metric_list:
  - metric: acc
  - metric: acc_mutual_info
""",
    "cloze": """
output_type: multiple_choice
doc_to_text: "{{blank|int - 1}}"
doc_to_choice: "{{[sentence.split('_')[0] + option1, sentence.split('_')[0] + option2]}}"
doc_to_target: "{{sentence.split('_')[1].strip()}}"
""",
    "cloze-shots": """
output_type: multiple_choice
doc_to_text: "{{blank|int - 1}}"
doc_to_choice: "{{[sentence.split('_')[0] + option1, sentence.split('_')[0] + option2]}}"
doc_to_target: "{{sentence.split('_')[1].strip()}}"
""" + FEW,
    "write": WRITE,
    "write-shots": WRITE + FEW,
    "write-many-shots": WRITE + FEW.replace("3", "8"),
    "write-shots-of-test": WRITE + "fewshot_split: test\nnum_fewshot: 4\n",
    "write-shots-of-validation": WRITE + "num_fewshot: 2\n",
    "write-first": WRITE + FEW + "fewshot_config:\n  sampler: first_n\n",
    "write-samples": WRITE + """
num_fewshot: 2
fewshot_config:
  sampler: first_n
  samples:
    - question: "Who?"
      right: "Ann."
    - question: "What?"
      right: "A lamp."
    - question: "Where?"
      right: "Here."
""",
    "write-prefix": WRITE + FEW + 'gen_prefix: "{{prefix}}"\n',
    "write-prefix-column": WRITE.replace("Answer:", "") + FEW + "gen_prefix: prefix\n",
    "write-other-shots": WRITE + FEW + """
fewshot_config:
  doc_to_text: "Q: {{question}}"
  doc_to_target: "{{letter}}"
  target_delimiter: " -> "
  fewshot_delimiter: "\\n--\\n"
  gen_prefix: "I say"
""",
    "write-column": WRITE.replace('"Question: {{question}}\\nAnswer:"', "passage").replace('"{{right}}"', "right") + FEW,
    "write-line-ends": WRITE.replace('"Question: {{question}}\\nAnswer:"', '"{{passage}}\\n\\n{%- if flag %}\\nYes\\n{% else %}\\nNo\\n{% endif -%}\\n {{question}}\\n"'),
    "write-loop": WRITE.replace('"Question: {{question}}\\nAnswer:"', "\"{% for c in choices %}{{loop.index}}) {{c}}\\n{% endfor %}{{question}}\"") + FEW,
    "write-replaced": WRITE.replace("{{question}}", "{{question | regex_replace('[aeiou]', '*')}}"),
    "write-null": WRITE.replace("{{question}}", "{{question}} {{note}} {{weight}} {{flag}} {{many}}"),
    "write-several": WRITE.replace('"{{right}}"', "many") + FEW,
    "write-several-literal": WRITE.replace('"{{right}}"', '"{{many}}"') + FEW,
    "write-choice": WRITE.replace('"{{right}}"', '"{{answer}}"') + 'doc_to_choice: "{{choices}}"\n' + FEW,
    "write-number": WRITE.replace('"{{right}}"', "answer"),
    "write-usual": 'doc_to_text: "{{question}}"\ndoc_to_target: "{{right}}"\n' + FEW,
    "write-until-text": WRITE.replace('["\\n\\n"]', '"Question:"') + "repeats: 2\n",
    "filters": """
output_type: generate_until
doc_to_text: "Q: {{question}}\\nA:"
doc_to_target: "{{passage.split('.')[0]}} #### {{total}}"
generation_kwargs:
  until: ["Q:", "</s>"]
  do_sample: false
  temperature: 0.0
repeats: 1
num_fewshot: 2
fewshot_split: train
metric_list:
  - metric: exact_match
    aggregation: mean
    higher_is_better: true
    ignore_case: true
    ignore_punctuation: false
    regexes_to_ignore:
      - ","
      - "\\\\$"
      - "(?s).*#### "
      - "\\\\.$"
filter_list:
  - name: "strict-match"
    filter:
      - function: "regex"
        regex_pattern: "#### (\\\\-?[0-9\\\\.\\\\,]+)"
      - function: "take_first"
  - name: "flexible-extract"
    filter:
      - function: "regex"
        group_select: -1
        regex_pattern: "(-?[$0-9.,]{2,})|(-?[0-9]+)"
      - function: "take_first"
""",
    "filters-votes": WRITE.replace('"{{right}}"', '"{{total}}"') + """
repeats: 5
metric_list:
  - metric: exact_match
    ignore_punctuation: true
filter_list:
  - name: votes
    filter:
      - function: "regex"
        regex_pattern: "([0-9][0-9,]*)"
        group_select: 0
        fallback: "none"
      - function: "majority_vote"
      - function: "take_first"
  - name: first-two
    filter:
      - function: "take_first_k"
        k: 2
      - function: "remove_whitespace"
      - function: "lowercase"
      - function: "take_first"
""",
    "filters-map": WRITE.replace('"{{right}}"', '"{{letter}}"') + """
metric_list:
  - metric: exact_match
    ignore_numbers: true
filter_list:
  - name: mapped
    filter:
      - function: "regex"
        regex_pattern: "(?P<last>lamp|river|[A-D0-9])"
      - function: "uppercase"
      - function: "map"
        mapping_dict: {LAMP: A, RIVER: B}
        default_value: C
      - function: "take_first"
""",
    "filters-choice": WRITE.replace('"{{right}}"', "'({{letter}})'").replace("max_gen_toks: 32", "max_gen_toks: 32\n  do_sample: true\n  top_p: 0.95\n  top_k: 50") + """
metric_list:
  - metric: exact_match
    ignore_case: true
    ignore_punctuation: true
filter_list:
  - name: lettered
    filter:
      - function: multi_choice_regex
        regex_pattern: "(\\\\([A-D]\\\\))"
        group_select: -1
        ignore_case: true
        ignore_punctuation: true
      - function: take_first
""",
    "likelihood": """
output_type: loglikelihood
doc_to_text: "{{passage.split(' ')[:-1]|join(' ')}}"
doc_to_target: "{{' '+passage.split(' ')[-1]}}"
metric_list:
  - metric: perplexity
    aggregation: perplexity
  - metric: acc
""",
    "likelihood-shots": """
output_type: loglikelihood
doc_to_text: "{{question}}"
doc_to_target: "{{right}}"
""" + FEW,
    "rolling": """
output_type: loglikelihood_rolling
doc_to_text: ""
doc_to_target: "{{passage}}"
""",
    "included": "include: parts/base.yaml\ndoc_to_target: letter\n",
    "included-list": "include: [parts/base.yaml, parts/words]\nnum_fewshot: 1\n",
}
PARTS = {
    "more.yaml": 'description: "Read {{subject}}:\\n"\n',
    "base.yaml": CHOICE.replace('"{{choices}}"', '["A", "B", "C", "D"]') + "num_fewshot: 2\nfewshot_split: train\n",
    "words": 'include: more.yaml\ndoc_to_text: "{{passage}} {{question}}"\n',
}
SPLITS = "dataset_path: json\ndataset_kwargs:\n  data_files: {train: rows/train.jsonl, validation: rows/validation.jsonl, dev: rows/dev.jsonl, test: rows/%s.jsonl}\n"


def header(name):
    test = "odd" if len(name) % 2 else "test"
    splits = "validation_split: validation\n" if name == "write-shots-of-validation" else "training_split: train\ntest_split: test\n"
    return f"task: {name}\n" + SPLITS % test + splits + "metadata:\n  version: 1.5\n"


def answer(rng, target):
    """An answer that is right, nearly right or wrong."""
    target = target[0] if isinstance(target, list) and target else target
    kind = rng.randrange(6)
    made = str(target)
    if kind == 1:
        made = f"So it is {made}. #### {rng.randint(1, 99)},{rng.randint(100, 999)}"
    elif kind == 2:
        made = text(rng) + f" {rng.randint(1, 999)} {rng.randint(1, 9)}"
    elif kind == 3:
        made = " " + made.upper() + "\n"
    elif kind == 4:
        made = ""
    return made


def judged(task, doc_id, doc, requests, write=None):
    rng = random.Random(f"{task.config.task} {doc_id}")
    replies = []
    for request in requests:
        if request.request_type == "generate_until":
            answers = [write(rng, doc) if write else answer(rng, task.doc_to_target(doc)) for _ in range(task.config.repeats)]
            request.resps = answers
            replies.append(answers)
        else:
            score = (-rng.random() * 40, rng.random() < 0.3)
            request.resps = [score[0] if request.request_type == "loglikelihood_rolling" else score]
            replies.append(list(score))
    return replies


def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(element) for element in value]
    if hasattr(value, "tolist"):
        return value.tolist()
    return value


def right(task, doc):
    """Whether a row names one of its choices as the right one; lm-eval itself only warns where it does not."""
    choices = task.doc_to_choice(doc)
    gold = task.doc_to_text(doc) if task.multiple_input else task.doc_to_target(doc)
    gold = gold if isinstance(gold, list) else [gold]
    return isinstance(choices, list) and all(g in choices or (isinstance(g, int) and 0 <= g < len(choices)) for g in gold)


def expected(config, most=40, write=None, whole=False):
    random.seed(0)
    task = ConfigurableTask(config=config)
    if whole and task.OUTPUT_TYPE == "multiple_choice" and not all(right(task, doc) for doc in task.eval_docs):
        raise ValueError("a row names none of its choices")
    task.set_fewshot_seed(1234)
    task.build_all_requests(limit=most)
    by_doc = {}
    for request in task.instances:
        by_doc.setdefault(request.doc_id, []).append(request)
    samples = []
    for doc_id, requests in by_doc.items():
        replies = judged(task, doc_id, requests[0].doc, requests, write)
        samples.append({"doc_id": doc_id, "arguments": [plain(r.args) for r in requests], "replies": replies, "scores": {}})
    task.apply_filters()
    for sample, requests in zip(samples, by_doc.values()):
        for key in requests[0].filtered_resps:
            scores = task.process_results(requests[0].doc, [r.filtered_resps[key] for r in requests])
            for name, score in scores.items():
                sample["scores"][f"{name},{key}"] = plain(score)
    return {"task": config["task"], "samples": samples}


SYSTEM = "Be brief."


def messages(history, add_generation_prompt=True):
    assert add_generation_prompt == (history[-1]["role"] != "assistant")
    return json.dumps(history, ensure_ascii=False)


def chats(config, chat, turns, system, most=8):
    task = ConfigurableTask(config=config)
    task.set_fewshot_seed(1234)
    task.build_all_requests(
        limit=most,
        system_instruction=system or None,
        apply_chat_template=chat,
        fewshot_as_multiturn=turns,
        chat_template=messages if chat else None,
    )
    by_doc = {}
    for request in task.instances:
        by_doc.setdefault(request.doc_id, []).append(plain(request.args))
    samples = [{"doc_id": doc_id, "arguments": arguments} for doc_id, arguments in by_doc.items()]
    return {"task": config["task"], "chat": chat, "turns": turns, "system": system, "samples": samples}


def own(folder):
    for name in ("tasks", "tasks/parts", "rows"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    for seed, (split, count) in enumerate({"train": 120, "validation": 12, "dev": 6, "test": 25, "odd": 25}.items()):
        made = rows(seed, count, split == "odd")
        if split == "test":
            made[7] = dict(made[3])
        with open(os.path.join(folder, "rows", split + ".jsonl"), "w", encoding="utf-8") as out:
            out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in made)
    for name, body in PARTS.items():
        with open(os.path.join(folder, "tasks", "parts", name), "w", encoding="utf-8") as out:
            out.write(body)
    for name, body in TASKS.items():
        with open(os.path.join(folder, "tasks", name + ".yaml"), "w", encoding="utf-8") as out:
            out.write(header(name) + body.lstrip("\n"))
    os.chdir(folder)
    with gzip.GzipFile("expected.jsonl.gz", "wb", mtime=0) as out:
        for name in TASKS:
            made = expected(load_yaml(os.path.join("tasks", name + ".yaml")), most=25)
            out.write((json.dumps(made, ensure_ascii=False) + "\n").encode())
            print(name, len(made["samples"]))
    with gzip.GzipFile("chats.jsonl.gz", "wb", mtime=0) as out:
        for name in TASKS:
            for chat, turns, system in ((True, False, ""), (True, True, SYSTEM), (False, False, SYSTEM)):
                made = chats(load_yaml(os.path.join("tasks", name + ".yaml")), chat, turns, system)
                out.write((json.dumps(made, ensure_ascii=False) + "\n").encode())


def written(folder, splits):
    os.makedirs(folder, exist_ok=True)
    for name, made in splits.items():
        with open(os.path.join(folder, name + ".jsonl"), "w", encoding="utf-8") as out:
            out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in made)


def of_class(config, made, write):
    """SQuAD 2.0, a class, over rows of ours. Its scores are those of its script, of which transformers carries the functions on texts."""
    import importlib.util
    from pathlib import Path

    from make_metric_fixtures import squad

    kind = config["class"]

    def download(self, *args, **kwargs):
        self.dataset = datasets.DatasetDict({split: datasets.Dataset.from_list(rows) for split, rows in made.items()})

    kind.download = download
    task = kind()
    task.set_config("task", config["task"])
    task.set_fewshot_seed(1234)
    task.build_all_requests()
    script = squad(Path(importlib.util.find_spec("transformers").origin).parent / "data" / "metrics" / "squad_metrics.py")
    samples = []
    for request in task.instances:
        if request.request_type == "generate_until":
            answers = judged(task, request.doc_id, request.doc, [request], write)
            given = request.doc["answers"]["text"]
            gold = [text for text in given if script["normalize_answer"](text)] or [""]
            exact = max(script["compute_exact"](text, answers[0][0]) for text in gold)
            f1 = max(script["compute_f1"](text, answers[0][0]) for text in gold)
            scores = {"exact,none": exact, "f1,none": f1}
            for name, counts in (("HasAns", bool(given)), ("NoAns", not given)):
                scores |= {f"{name}_exact,none": [exact * counts, int(counts)], f"{name}_f1,none": [f1 * counts, int(counts)]}
            samples.append({"doc_id": request.doc_id, "arguments": [plain(request.args)], "replies": answers, "scores": scores})
    return {"task": config["task"], "samples": samples}


def ports(folder):
    """Our own tasks that name functions of the package's files, which lie beside them only while this runs."""
    import shutil

    import lm_eval
    from harness_ports import PORTS, SAME_PORT, asked, prepared, rows as rows_of

    prepared()
    top = os.path.join(os.path.dirname(lm_eval.__file__), "tasks")
    # The metric code_eval is looked for in the working directory.
    shutil.copytree("code_eval", os.path.join(folder, "code_eval"))
    os.chdir(folder)
    with gzip.GzipFile("expected-ports.jsonl.gz", "wb", mtime=0) as out:
        for port, (module, _, splits, tasks, _, write) in PORTS.items():
            place = os.path.join("ports", port)
            used = [split for split in splits if split == asked(port) or any(f"split: {split}" in body for body in tasks.values())]
            written(os.path.join(place, "rows"), {split: made for split, made in rows_of(port).items() if split in used})
            copy = os.path.join(place, os.path.basename(module))
            shutil.copy(os.path.join(top, module), copy)
            with open(copy + ".port", "w", encoding="utf-8") as named:
                named.write(SAME_PORT.get(port, port) + "\n")
            files = ", ".join(f"{split}: ports/{port}/rows/{split}.jsonl" for split in used)
            for name, body in tasks.items():
                head = f"task: {port}-{name}\ndataset_path: json\ndataset_kwargs:\n  data_files: {{{files}}}\n"
                head += "" if "test_split" in body or "validation_split" in body else f"test_split: {asked(port)}\n"
                path = os.path.join(place, name + ".yaml")
                with open(path, "w", encoding="utf-8") as yaml:
                    yaml.write(head + body.lstrip("\n"))
                config = load_yaml(path)
                if "class" in config:
                    made = of_class(config, rows_of(port), write)
                else:
                    made = expected(config, most=5 if "unsafe_code" in body else 200, write=write)
                out.write((json.dumps({**made, "task": f"ports/{port}/{name}"}, ensure_ascii=False) + "\n").encode())
                print(port, name, len(made["samples"]), flush=True)
            os.remove(copy)
    shutil.rmtree("code_eval")


if __name__ == "__main__":
    if sys.argv[1] == "--package":
        from harness_package import package

        package(sys.argv[2], expected)
    elif sys.argv[1] == "--ports":
        ports(sys.argv[2])
    else:
        own(sys.argv[1])
