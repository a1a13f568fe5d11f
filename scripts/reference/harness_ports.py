"""Tasks whose Python functions Weighbridge has ports of, over rows made up in the shapes of their data sets.

For each port: rows by split, task files of our own that name its functions, the package's task files that do, and how replies are
made up. See make_harness_fixtures.py.
"""

import os
import random

WORDS = (
    "river stone lamp green seven quiet market window copper bread honest winter signal garden paper silver north "
    "basket planet thunder yellow engine harbour letter music number orange pencil question road salt table"
).split()


def text(rng, least=3, most=9):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(least, most)))


def hellaswag(rng, i):
    odd = ["", " [title] Then", " [step] cut", " [a\nb] x", "  two", " [open", " é [ü] ç", " \u00a0"]
    return {
        "ind": i,
        "activity_label": text(rng, 1, 2).capitalize() + rng.choice(["", " "]),
        "ctx_a": text(rng).capitalize() + "." + rng.choice(odd),
        "ctx_b": rng.choice(["", text(rng, 1, 3), "THE " + text(rng, 1, 2).upper(), "écru lamp"]) + rng.choice(odd),
        "endings": [rng.choice([" ", ""]) + text(rng) + rng.choice(odd) + "." for _ in range(4)],
        "label": str(rng.randrange(4)),
    }


def winogrande(rng, i):
    return {
        "sentence": text(rng, 2, 5).capitalize() + rng.choice([" _ ", " the _ ", " _, "]) + text(rng, 2, 5) + rng.choice([".", ". ", " _."]),
        "option1": text(rng, 1, 2),
        "option2": text(rng, 1, 2),
        "answer": rng.choice("12"),
    }


def wikitext(rng, i):
    marks = [" @-@ ", " @,@ ", " @.@ ", " : ", " ; ", " . ", " ! ", " ? ", " , ", " ( in ) ", " [ so ] ", " { x\n y } ", ' " said " ', " ' well ' ",
             " = = = = ", " = = = ", " = = ", " \u00b0 ", " \n", "\n ", " N ", " 's ", "s ' ", " /' 7/ ", " ( open ", " \u3000", "   "]
    page = " = " + text(rng, 1, 2) + " = \n"
    for _ in range(rng.randint(8, 30)):
        page += text(rng, 1, 4) + rng.choice(marks)
    return {"page": page}


def truthfulqa(rng, i):
    right, wrong = rng.randint(1, 3), rng.randint(1, 4)
    labels = [1] * right + [0] * wrong
    choices = [text(rng, 2, 5).capitalize() + f" {j}." for j in range(len(labels))]
    return {
        "question": text(rng).capitalize() + "?",
        "mc1_targets": {"choices": [choices[0]] + choices[right:], "labels": [1] + [0] * wrong},
        "mc2_targets": {"choices": choices, "labels": labels},
    }


def humaneval(rng, i):
    number = rng.randint(1, 9)
    return {
        "task_id": f"Made/{i}",
        "prompt": f'def grown{i}(x):\n    """ Adds {number} to a number. """\n',
        "canonical_solution": f"    return x + {number}\n",
        "test": f"\n\ndef check(candidate):\n    assert candidate(1) == {number + 1}\n    assert candidate(-{number}) == 0\n",
        "entry_point": f"grown{i}",
    }


def completion(rng, doc):
    body = doc["canonical_solution"]
    return rng.choice([body, body.replace("+", "-"), "    return (\n", body + "\n```\nIt adds.", "    raise ValueError\n"])


def mbpp(rng, i):
    number = rng.randint(2, 9)
    return {
        "task_id": 100 + i,
        "text": f"Write a function to take a number {number} times.",
        "code": f"def times(x):\r\n  return x * {number}",
        "test_list": [f"assert times({x}) == {x * number}" for x in (1, 5, -3)],
        "prompt": f"Write a function that takes a number {number} times.",
    }


def program(rng, doc):
    code = doc["code"].replace("\r", "")
    return rng.choice([code, code.replace("*", "+"), "\n" + code + "\n```\nand so on", "```python\n" + code + "\n```", "def f(:", "no code"])


def gpqa(rng, i):
    odd = ["", " [title] b", " [x] y", "  z", " "]
    row = {"Question": text(rng).capitalize() + "?"}
    for name in ("Correct Answer", "Incorrect Answer 1", "Incorrect Answer 2", "Incorrect Answer 3"):
        row[name] = text(rng, 1, 3) + rng.choice(odd)
    if i == 4:
        row["Incorrect Answer 3"] = None
    return row


def mmlu_pro(rng, i):
    count = rng.randint(3, 10)
    answer = rng.randrange(count)
    return {
        "question_id": i,
        "question": text(rng).capitalize() + "?",
        "options": [rng.choice(["", " "]) + text(rng, 1, 3) for _ in range(count)],
        "answer": "ABCDEFGHIJ"[answer],
        "answer_index": answer,
        "cot_content": f"A: Let's think step by step. {text(rng).capitalize()}. The answer is ({'ABCDEFGHIJ'[answer]}).",
        "category": rng.choice(["biology", "computer science", "law"]),
    }


def musr(rng, i):
    choices = [text(rng, 1, 2).title() + rng.choice(["", "'s"]) for _ in range(3)]
    answer = rng.randrange(3)
    return {
        "narrative": text(rng, 10, 30) + "\n\n" + text(rng),
        "question": text(rng).capitalize() + "?",
        "choices": repr(choices),
        "answer_index": answer,
        "answer_choice": choices[answer],
    }


def race(rng, i):
    def problem():
        question = text(rng).capitalize() + rng.choice(["?", "  _  .", " _ ."])
        return {"question": question, "answer": rng.choice("ABCD"), "options": [text(rng, 1, 4) + rng.choice([".", "'s"]) for _ in range(4)]}

    return {"article": text(rng, 10, 40) + ".", "problems": repr([problem() for _ in range(rng.randint(1, 4))])}


def arithmetic(rng, i):
    a, b = rng.randint(1, 99), rng.randint(1, 99)
    return {"context": rng.choice(["", "\n"]) + f"Q: What is {a} plus {b}?\n\nA:", "completion": f" {a + b}"}


def ifeval(rng, i):
    kinds = [
        ("punctuation:no_comma", {}),
        ("detectable_format:number_bullet_lists", {"num_bullets": 1}),
        ("keywords:existence", {"keywords": [rng.choice(WORDS)]}),
        ("length_constraints:number_words", {"relation": rng.choice(["at least", "less than"]), "num_words": rng.randint(4, 9)}),
        ("detectable_format:title", {}),
        ("startend:quotation", {}),
    ]
    chosen = rng.sample(kinds, rng.randint(1, 3))
    return {
        "key": i,
        "prompt": "Write about a " + text(rng, 1, 3) + ".",
        "instruction_id_list": [name for name, _ in chosen],
        "kwargs": [dict(values) for _, values in chosen],
    }


def following(rng, doc):
    body = text(rng, 3, 10)
    return rng.choice([body, body.upper(), f'"{body}"', f"<<{body}>>\n{body}, {body}", "", f"*Here*\n* {body}\nend"])


def drop(rng, i):
    def date():
        return {"day": rng.choice(["", "3"]), "month": rng.choice(["", "May"]), "year": rng.choice(["", "1889"])}

    def answer():
        kind = rng.randrange(4)
        spans = [rng.choice(["the ", "", "An "]) + text(rng, 1, 3) + rng.choice(["", "'s", ", 12"]) for _ in range(rng.randint(1, 3))]
        return {
            "number": rng.choice(["7", "1,250", "3.5", "40"]) if kind == 0 else "",
            "date": date() if kind == 1 else {"day": "", "month": "", "year": ""},
            "spans": spans if kind > 1 else [],
        }

    others = [answer() for _ in range(rng.randrange(3))]
    first = answer()
    others += [first] if rng.random() < 0.5 else []
    return {
        "section_id": f"s{i}",
        "query_id": f"q{i}",
        "passage": text(rng, 10, 20).capitalize() + ".",
        "question": text(rng).capitalize() + "?",
        "answer": {**first, "worker_id": "", "hit_id": ""},
        "validated_answers": {name: [other[name] for other in others] for name in ("number", "date", "spans")},
    }


def dropped(rng, doc):
    gold = rng.choice(doc["answers"])
    span = rng.choice(gold)
    words = span.split()
    rng.shuffle(words)
    return rng.choice([
        span, span.upper() + "!", " ".join(gold), " ".join(words[1:]), "about " + span, span.replace(",", ""), "", "7.0", "1250", "1_250", "3.50",
        "12 of the " + span, text(rng, 1, 4), "well-known " + span, "the a an", "nan", "0.00001", "1e30", "\u0667", "40.", "inf " + span,
    ])


def truthful(rng, i):
    return {
        "type": "Adversarial",
        "category": rng.choice(["Law", "Health"]),
        "question": rng.choice(["", " "]) + text(rng).capitalize() + "?" + rng.choice(["", " "]),
        "best_answer": text(rng).capitalize(),
        "correct_answers": [text(rng).capitalize() + rng.choice(["", ".", " "]) for _ in range(rng.randint(1, 3))] + rng.choice([[], ["I have no comment"], [" "]]),
        "incorrect_answers": [text(rng).capitalize() + rng.choice(["", ".", " "]) for _ in range(rng.randint(1, 4))],
        "source": "made",
    }


def told(rng, doc):
    near = rng.choice(doc["correct_answers"] + doc["incorrect_answers"])
    words = near.split()
    odd = [" 3.5%, \u00bfs\u00ed?", "\n\nQ: " + text(rng), " \u20ac5 \u2013 yes", " . " + text(rng), " \u65e5\u672c\u3001x", "(so-called) 1,000."]
    return rng.choice([near, " " + near, " ".join(words[: len(words) // 2 + 1]), " ".join(words[::-1]), near + rng.choice(odd), "", text(rng), "I have no comment."])


MATHS = [
    "{n}", "-{n}", "\\frac{{{n}}}{{{m}}}", "\\frac{n}{m}", "\\dfrac{{{n}}}{{{m}}}", "{n}.5", "{n}\\pi", "\\sqrt{{{n}}}", "\\sqrt{n}", "{m}\\sqrt{{{n}}}", "({n},{m})",
    "[{n},{m})", "x={n}", "{n}\\text{{ cm}}", "{n}^\\circ", "{n}\\%", "{n},000", "x^2+{n}x-{m}", "{n}x-{m}+x^{{2}}", "\\text{{(B)}}", "{n}\\text{{ square inches}}",
    "\\$ {n}.50", "\\left({n}+{m}\\right)x", "{n}/{m}", "2^{{{n}}}", "{n}!", "\\sqrt[3]{{{n}}}", "\\frac{{x+{n}}}{{{m}}}", "{n} units", "\\mbox{{{n}}}", "\\boxed{{{n}}}",
]


def maths(rng, shape=None):
    return (shape or rng.choice(MATHS)).format(n=rng.randint(1, 12), m=rng.randint(2, 9))


def minerva(rng, i):
    answer = maths(rng, MATHS[i % len(MATHS)])
    return {
        "problem": text(rng).capitalize() + "?",
        "level": "Level 3",
        "type": "Algebra",
        "solution": rng.choice(["So $\\boxed{%s}$.", "First \\boxed{1}, then $x=\\boxed{%s}$", "It is \\boxed %s$ here"]) % answer,
    }


SAME = [("\\frac{1}{2}", "0.5"), ("x^{2}", "x^2"), ("\\dfrac", "\\frac"), ("\\sqrt{", "\\sqrt{0+"), ("x^2", "x\\cdot x"), ("(", "\\left("), (" ", "")]


def reckoned(rng, doc):
    right = doc["answer"]
    for old, new in rng.sample(SAME, 2):
        right = right.replace(old, new) if new != "\\left(" else right
    answer = rng.choice([doc["answer"], right, right, maths(rng), doc["answer"] + "+0", "1\\cdot " + right, "y=" + right])
    return rng.choice([
        f"Thus. Final Answer: The final answer is ${answer}$. I hope it is correct.",
        f"Final Answer: The final answer is {answer}. I hope it is correct.",
        f"Final Answer: The final answer is ${answer}$.",
        f"The answer is {answer}.",
    ])


def squad(rng, i):
    answers = [text(rng, 1, 3) for _ in range(rng.randint(1, 3))] if i % 3 else []
    return {
        "id": f"id{i}",
        "title": text(rng, 1, 2).title(),
        "context": text(rng, 10, 20).capitalize() + ".",
        "question": text(rng).capitalize() + "?",
        "answers": {"text": answers + (["The"] if i % 7 == 0 and answers else []), "answer_start": [0] * len(answers)},
    }


def found(rng, doc):
    near = rng.choice(doc["answers"]["text"] or ["unanswerable"])
    return rng.choice([near, "The " + near.upper() + ".", near + " " + text(rng, 1, 2), "", "a", "unanswerable", text(rng, 1, 3)])


CHOICES = "\nOptions:\n(A) a red cup\n(B) a red cup of tea\n(C) no, never"


def bbh(rng, i):
    target = rng.choice("ABC")
    words = rng.sample(WORDS, 5)
    return {
        "input": text(rng).capitalize() + "?" + CHOICES + "\nList: " + " ".join(words),
        "target": rng.choice([f"({target})", "yes", "no", " ".join(sorted(words))]),
    }


def chosen(rng, doc):
    words = doc["input"].split("List:")[1].split()
    rng.shuffle(words)
    return rng.choice(
        [doc["target"], "I say (B).", "it is A RED CUP of tea", "Answer: C", "No, Never", "who knows", "It is NOT true; yes", "is plausible"]
        + [" ".join(words) + " " + " ".join(sorted(words)), "the answer is " + doc["target"] + "."]
    )


CHOOSE = """
output_type: multiple_choice
metric_list:
  - metric: acc
  - metric: acc_norm
"""
WRITE = """
output_type: generate_until
doc_to_target: "{{target}}"
metric_list:
  - metric: exact_match
    ignore_case: true
"""
GPQA = """
process_docs: !function utils.process_docs
doc_to_text: "{{Question}}\\n(A) {{choice1}}\\n(B) {{choice2}}\\n(C) {{choice3}}\\n(D) {{choice4}}\\nAnswer:"
doc_to_target: answer
"""
LETTERED = """
  - name: lettered
    filter:
      - function: %s
        regex_pattern: "(\\\\([A-Z]\\\\))"
        ignore_case: true
        ignore_punctuation: true
        group_select: %d
      - function: take_first
"""

# By port: the file of its functions among lm-eval's tasks, the maker of a row, the splits, tasks of our own, task files of the
# package, and the maker of a written answer.
PORTS = {
    "arithmetic": ("arithmetic/utils.py", arithmetic, ["validation"], {
        "sums": """
output_type: loglikelihood
process_docs: !function utils.process_docs
doc_to_text: "{{context}}"
doc_to_target: "{{completion}}"
metric_list:
  - metric: acc
"""}, ["arithmetic/arithmetic_2da.yaml"], None),
    "bbh": ("bbh/zeroshot/utils.py", bbh, ["test"], {
        "choice": WRITE + 'doc_to_text: "Q: {{input}}\\nA:"\nfilter_list:' + LETTERED % ("!function utils.MultiChoiceRegexFilter", 0)
        + (LETTERED % ("!function utils.MultiChoiceRegexFilter", -1)).replace("lettered", "last"),
        "mapped": WRITE + """
doc_to_text: "Q: {{input}}\\nA:"
filter_list:
  - name: mapped
    filter:
      - function: !function utils.MapRegexFilter
        group_select: -1
        ignore_case: true
        regex_pattern_to_value:
          \\b(no|not plausible)\\b: "no"
          \\b(yes|plausible)\\b: "yes"
      - function: take_first
  - name: sorted
    filter:
      - function: !function utils.WordSortFilter
      - function: take_first
"""}, ["bbh/zeroshot/date_understanding.yaml", "bbh/cot_zeroshot/snarks.yaml", "bbh/zeroshot/sports_understanding.yaml",
       "bbh/cot_zeroshot/web_of_lies.yaml", "bbh/zeroshot/word_sorting.yaml"], chosen),
    "drop": ("drop/utils.py", drop, ["train", "validation"], {
        "spans": """
training_split: train
validation_split: validation
process_docs: !function utils.process_docs
doc_to_text: "{{passage}} {{question}}"
doc_to_target: "{{ answer|join(',')}}"
target_delimiter: ""
process_results: !function utils.process_results
num_fewshot: 1
generation_kwargs: {until: ["."]}
metric_list:
  - metric: em
    aggregation: mean
    higher_is_better: true
  - metric: f1
    aggregation: mean
    higher_is_better: true
"""}, ["drop/drop.yaml"], dropped),
    "gpqa": ("gpqa/zeroshot/utils.py", gpqa, ["train"], {
        "choose": CHOOSE + GPQA + 'doc_to_choice: ["(A)", "(B)", "(C)", "(D)"]\nvalidation_split: train\n',
        "write": WRITE.replace('"{{target}}"', "answer") + GPQA.replace("doc_to_target: answer\n", "") + "validation_split: train\ntraining_split: train\nnum_fewshot: 2\n",
    }, ["gpqa/zeroshot/gpqa_main_zeroshot.yaml", "gpqa/cot_n_shot/gpqa_diamond_cot_n_shot.yaml", "gpqa/generative/gpqa_main_generative_n_shot.yaml"], None),
    "gpqa-leaderboard": ("leaderboard/gpqa/utils.py", gpqa, ["train"], {
        "choose": CHOOSE + GPQA + 'doc_to_choice: ["(A)", "(B)", "(C)", "(D)"]\nvalidation_split: train\n',
    }, ["leaderboard/gpqa/gpqa_diamond_zeroshot.yaml"], None),
    "hellaswag": ("hellaswag/utils.py", hellaswag, ["train", "validation"], {
        "endings": CHOOSE + """
training_split: train
process_docs: !function utils.process_docs
doc_to_text: "{{query}}"
doc_to_target: "{{label}}"
doc_to_choice: choices
num_fewshot: 2
"""}, ["hellaswag/hellaswag.yaml"], None),
    "humaneval": ("humaneval/utils.py", humaneval, ["test"], {
        "function": """
unsafe_code: true
doc_to_text: "{{prompt}}"
doc_to_target: "{{test}}\\ncheck({{entry_point}})"
repeats: 4
generation_kwargs: {until: ["\\nclass"], do_sample: true, temperature: 0.5, top_p: 0.9, top_k: 40}
metric_list:
  - metric: !function utils.pass_at_k
    aggregation: mean
    higher_is_better: true
    k: [1, 2]
filter_list:
  - name: create_test
    filter:
      - function: custom
        filter_fn: !function utils.build_predictions
  - name: up_to_fence
    filter:
      - function: custom
        filter_fn: !function utils.build_predictions_instruct
"""}, ["humaneval/humaneval.yaml", "humaneval/humaneval_instruct.yaml"], completion),
    "ifeval": ("ifeval/utils.py", ifeval, ["train"], {
        "follow": """
test_split: train
doc_to_text: prompt
doc_to_target: 0
generation_kwargs: {until: [], max_gen_toks: 64}
process_results: !function utils.process_results
metric_list:
  - metric: prompt_level_strict_acc
    aggregation: mean
    higher_is_better: true
  - metric: inst_level_strict_acc
    aggregation: !function utils.agg_inst_level_acc
    higher_is_better: true
  - metric: prompt_level_loose_acc
    aggregation: mean
    higher_is_better: true
  - metric: inst_level_loose_acc
    aggregation: !function utils.agg_inst_level_acc
    higher_is_better: true
"""}, ["ifeval/ifeval.yaml", "leaderboard/ifeval/ifeval.yaml"], following),
    "mbpp": ("mbpp/utils.py", mbpp, ["test", "prompt"], {
        "block": """
unsafe_code: true
doc_to_text: "{{text}}\\n{{test_list[0]}}"
doc_to_target: "{{test_list | join('\\n')}}"
gen_prefix: "```python\\n"
generation_kwargs: {until: []}
metric_list:
  - metric: !function utils.pass_at_1
    aggregation: mean
    higher_is_better: true
filter_list:
  - name: extract_code
    filter:
      - function: custom
        filter_fn: !function utils.build_predictions
"""}, ["mbpp/mbpp.yaml", "mbpp/mbpp_instruct.yaml"], program),
    "mmlu-pro": ("mmlu_pro/utils.py", mmlu_pro, ["test", "validation"], {
        "law": WRITE.replace('"{{target}}"', "answer") + """
description: "Answer.\\n"
process_docs: !function utils.process_law
doc_to_text: !function utils.doc_to_text
fewshot_split: validation
fewshot_config:
  sampler: first_n
  doc_to_text: !function utils.fewshot_to_text
  doc_to_target: !function utils.fewshot_to_target
num_fewshot: 2
"""}, ["mmlu_pro/mmlu_pro_computer_science.yaml"], None),
    "mmlu-pro-leaderboard": ("leaderboard/mmlu_pro/utils.py", mmlu_pro, ["test", "validation"], {
        "letters": CHOOSE + """
doc_to_text: !function utils.doc_to_text
doc_to_choice: !function utils.doc_to_choice
doc_to_target: answer
fewshot_split: validation
num_fewshot: 3
"""}, ["leaderboard/mmlu_pro/mmlu_pro.yaml"], None),
    "musr": ("leaderboard/musr/utils.py", musr, ["test", "murder_mysteries"], {
        "story": CHOOSE + """
doc_to_text: !function utils.doc_to_text
doc_to_choice: !function utils.doc_to_choice
doc_to_target: "{{answer_choice}}"
"""}, ["leaderboard/musr/musr_murder_mysteries.yaml"], None),
    "race": ("race/preprocess_race.py", race, ["test"], {
        "article": CHOOSE + """
doc_to_text: !function preprocess_race.doc_to_text
doc_to_choice: !function preprocess_race.doc_to_choice
doc_to_target: !function preprocess_race.doc_to_target
"""}, ["race/race.yaml"], None),
    "truthfulqa": ("truthfulqa/utils.py", truthfulqa, ["validation"], {
        "several": """
output_type: multiple_choice
doc_to_text: "Q: {{question}}\\nA:"
doc_to_target: 0
doc_to_choice: "{{mc2_targets.choices}}"
process_results: !function utils.process_results_mc2
metric_list:
  - metric: acc
    aggregation: mean
    higher_is_better: true
"""}, ["truthfulqa/truthfulqa_mc1.yaml", "truthfulqa/truthfulqa_mc2.yaml"], None),
    "truthfulqa-gen": ("truthfulqa/utils.py", truthful, ["validation"], {
        "answers": """
validation_split: validation
doc_to_text: "Q: {{question}}"
doc_to_target: " "
process_docs: !function utils.process_docs_gen
process_results: !function utils.process_results_gen
metric_list:
""" + "".join(f"  - metric: {name}_{kind}\n    aggregation: mean\n" for name in ("bleu", "rouge1", "rouge2", "rougeL") for kind in ("max", "acc", "diff"))
    }, ["truthfulqa/truthfulqa_gen.yaml"], told),
    "minerva-math": ("minerva_math/utils.py", minerva, ["test", "train"], {
        "solve": """
training_split: train
process_docs: !function utils.process_docs
doc_to_text: !function utils.doc_to_text
process_results: !function utils.process_results
doc_to_target: "{{answer if few_shot is undefined else solution}}"
generation_kwargs: {until: ["Problem:"], do_sample: false, temperature: 0}
metric_list:
  - metric: exact_match
    aggregation: mean
    higher_is_better: true
  - metric: math_verify
    aggregation: mean
    higher_is_better: true
"""}, ["minerva_math/minerva_math_algebra.yaml"], reckoned),
    "squad2": ("squadv2/task.py", squad, ["validation", "train"], {
        "answer": """
class: !function task.SQuAD2
validation_split: validation
"""}, [], found),
    "wikitext": ("wikitext/preprocess_wikitext.py", wikitext, ["test", "train", "validation"], {
        "page": """
output_type: loglikelihood_rolling
doc_to_text: ""
doc_to_target: !function preprocess_wikitext.wikitext_detokenizer
process_results: !function preprocess_wikitext.process_results
metric_list:
  - metric: word_perplexity
  - metric: byte_perplexity
  - metric: bits_per_byte
"""}, ["wikitext/wikitext.yaml"], None),
    "winogrande": ("winogrande/preprocess_winogrande.py", winogrande, ["train", "validation"], {
        "blank": CHOOSE.replace("  - metric: acc_norm\n", "") + """
training_split: train
doc_to_text: !function preprocess_winogrande.doc_to_text
doc_to_target: !function preprocess_winogrande.doc_to_target
doc_to_choice: !function preprocess_winogrande.doc_to_choice
num_fewshot: 2
"""}, ["winogrande/default.yaml"], None),
}


# Ports whose scores need more than the usual 16 rows to be seen in all their turns.
MORE = {"drop": 60, "truthfulqa-gen": 60, "minerva-math": 120, "squad2": 40}


def rows(port):
    """Rows of each split of a port."""
    make, splits = PORTS[port][1:3]
    rng = random.Random(port)
    return {split: [make(rng, i) for i in range(MORE.get(port, 16))] for split in splits}


def asked(port):
    """The split that our own tasks of a port ask."""
    splits = PORTS[port][2]
    return next(name for name in ("test", "validation", "train") if name in splits)


# Rows of another shape whose functions are those of a port.
SAME_PORT = {"truthfulqa-gen": "truthfulqa"}


def prepared():
    """Makes ready what the functions themselves need: the checker of IFEval without NLTK's files, and leave to run code."""
    os.environ["HF_ALLOW_CODE_EVAL"] = "1"
    os.environ["HF_EVALUATE_OFFLINE"] = "1"
    from make_instruction_fixtures import checker

    checker()
