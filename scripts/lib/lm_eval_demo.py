"""Asks the demo tasks, and those that lie in a folder, in lm-evaluation-harness with transformers; prints a line for each kind."""

import json
import sys
import tempfile
import time
from pathlib import Path

import torch

root, model, threads, few = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
kinds = sys.argv[5].split()
torch.set_num_threads(threads)
data = root / "datasets/src/main/resources/dev/weighbridge/datasets/tasks"

from lm_eval import simple_evaluate  # noqa: E402
from lm_eval.models.huggingface import HFLM  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402

GENERATING = ("demo-arithmetic", "demo-extraction", "demo-sorting")


def task(folder, name):
    manifest = json.loads((data / f"{name}.manifest.json").read_text())
    lines = [
        f"task: {name}", "dataset_path: json", "dataset_kwargs:", f"  data_files: {{test: {data / (name + '.jsonl')}}}",
        "test_split: test", 'doc_to_text: "{{prompt}}"', 'target_delimiter: ""', "metadata: {version: 1}",
    ]
    if name in GENERATING:
        lines += [
            "output_type: generate_until", 'doc_to_target: "{{target}}"',
            f'generation_kwargs: {{until: ["\\n"], do_sample: false, max_gen_toks: {manifest["max_tokens"]}}}',
            "filter_list: [{name: strip, filter: [{function: remove_whitespace}, {function: take_first}]}]",
            "metric_list: [{metric: exact_match, aggregation: mean, higher_is_better: true}]",
        ]
    else:
        lines += [
            "output_type: multiple_choice", 'doc_to_choice: "{{choices}}"', 'doc_to_target: "{{choices.index(target)}}"',
            "metric_list: [{metric: acc, aggregation: mean, higher_is_better: true}]",
        ]
    (folder / f"{name}.yaml").write_text("\n".join(lines) + "\n")


with tempfile.TemporaryDirectory() as made:
    for name in (*GENERATING, "demo-sentiment"):
        task(Path(made), name)
    for file in few.glob("*.yaml"):
        (Path(made) / file.name).write_text(file.read_text().replace("rows/", f"{few}/rows/"))
    lm = HFLM(pretrained=model, dtype="float32", device="cpu", batch_size=8)
    manager = TaskManager(include_path=made, include_defaults=False)
    for kind, names in (("generating", GENERATING), ("choosing", ("demo-sentiment",)), ("few-generating", ("few-generating",)),
                        ("few-choosing", ("few-choosing",))):
        if kind not in kinds:
            continue
        asked = {"seconds": 0.0}
        for method in ("generate_until", "loglikelihood"):
            # Only what the model is asked counts; lm-eval's own reading of tasks and scoring is not held against it.
            def timed(requests, *rest, _own=getattr(type(lm), method), **named):
                begin = time.perf_counter()
                answers = _own(lm, requests, *rest, **named)
                asked["seconds"] += time.perf_counter() - begin
                return answers

            setattr(lm, method, timed)
        found = simple_evaluate(model=lm, tasks=list(names), task_manager=manager, bootstrap_iters=0)
        scores, samples = {}, 0
        for name in names:
            own = found["results"][name]
            scores[name] = next(v for k, v in own.items() if k.split(",")[0] in ("exact_match", "acc") and "stderr" not in k)
            samples += found["n-samples"][name]["effective"]
        print(kind, samples, asked["seconds"], json.dumps(scores, sort_keys=True))
