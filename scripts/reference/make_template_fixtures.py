"""Renders templates over rows with jinja2, as lm-evaluation-harness sets it up, and writes what comes of them.

Each line of the output is {"template", "row", "text"} or, where jinja2 refuses, {"template", "row", "error": true}.
"""

import gzip
import json
import random
import re
import sys

import jinja2

ROWS = [
    {
        "question": "What is 2 + 2?", "answer": 3, "choices": ["3", " 4", "five's", 'a "b"'], "text": "  Two  words\n",
        "flag": True, "off": False, "nothing": None, "ratio": 0.5, "big": 1e22, "small": 1.5e-7, "whole": 2.0, "empty": "",
        "nested": {"a": {"b": [1, 2, 3]}, "list": ["x", "y"]}, "rows": [{"n": "p", "v": 1}, {"n": "q", "v": 2}],
        "list_of_lists": [["a", 1], ["b", 2]], "label": "1", "path": "a/b/c", "unicode": "naïve – 日本 😀", "quote": "it's",
    },
    {
        "question": "Line one\r\nline two\t\"quoted\" \\ back", "answer": 0, "choices": [], "text": "", "flag": False,
        "off": True, "nothing": None, "ratio": -3.25, "big": 123456789.125, "small": 0.0001, "whole": -7.0, "empty": " ",
        "nested": {"a": {"b": [-1]}, "list": []}, "rows": [], "list_of_lists": [], "label": "x2", "path": "/", "unicode": "",
        "quote": "\"'",
    },
]

PLACES = """
question|answer|choices|text|flag|nothing|ratio|big|small|whole|nested|rows|nested.a.b|nested['list']|rows|choices[0]
choices[-1]|choices[answer]|choices[1:]|choices[:-1]|choices[::-1]|text.strip()|text.lstrip()|text.rstrip()|question.split(' ')
question.split()|question.split(' ', 1)|path.split('/')|path.split('/')[-1]|path.rsplit('/', 1)|', '.join(choices)
choices | join(', ')|choices | length|question | upper|question.lower()|question | title|question | capitalize
question.capitalize()|question.replace('2', 'two')|question | replace('2', 'two')|answer + 1|answer - 5|answer * 2|answer / 2
answer // 2|answer % 2|-answer // 2|answer ** 2|answer ~ '-' ~ label|'a' if flag else 'b'|'a' if not flag else 'b'
'yes' if answer == 3|choices.index('3')|'ABCD'[answer]|'ABCD'[-1]|['A','B','C','D'][answer]|[text, answer, flag, nothing]
{'a': answer, 'b': choices}|answer in [1, 2, 3]|'3' in choices|'x' not in choices|'2' in question|nothing is none
nothing is not none|missing is defined|question is defined|question is string|choices is iterable|answer is odd
answer is divisibleby 3|missing | default('d')|empty | default('d', true)|nothing | default('d')|choices | first|choices | last
choices | map('trim') | list|choices | map('upper') | join('|')|rows | map(attribute='n') | list|rows | map(attribute='n') | join(',')
label | int|label | int + 1|ratio | int|answer | string|answer | float|ratio | round|ratio | round(1)|answer | abs
text | trim|question | length|unicode | length|unicode.upper()|unicode[0:3]|quote|[quote]|[unicode]|[text]|[ratio, big, small, whole]
question | regex_replace('[0-9]+', '<n>')|question | regex_replace('(\\\\w+) (\\\\w+)', '\\\\2 \\\\1')|choices + ['z']|'ab' * 3
'a' 'b'|"it's"|'\\n'|'\\t|'|range(3) | list|range(1, 7, 2) | list|answer > 2 and flag|answer > 2 or flag|not flag and answer
flag or answer|flag == true|answer == 3.0|answer != 0|1 < answer|answer <= 3|choices == ['3']|choices | sort|choices | reverse | list
choices | unique | list|[3, 1, 2] | sum|[3, 1, 2] | min|[3, 1, 2] | max|question.startswith('What')|question.endswith('?')
question.find('2')|question.count('e')|label.isdigit()|'{} and {}'.format(answer, label)|'%s-%s' % (answer, label)
nested.a['b'][0]|nested.missing|missing|choices[9]|missing.attribute|choices | nosuchfilter|question.nosuch()|question +
(answer + 1) * 2|2 + 3 * 4 - 1|2 ** 3|7 - 2 - 1|not not flag|'a' ~ 1 + 2|1 + 2 ~ 'a'|-ratio|choices[1:3] | length|nested.items() | list
nested.keys() | list|nested.list|text.splitlines()|question | trim('?')|question.strip('?W')|'x' if flag else 'y' if answer else 'z'
question|tojson|choices | tojson
"""

SHAPES = [
    "{{%s}}", "Q: {{ %s }}\nA:", "{{- %s -}} end", "a {{%s}} b\n", "{%% if %s %%}yes{%% else %%}no{%% endif %%}",
    "{%% set x = %s %%}[{{ x }}]",
]

WHOLE = """
{% for c in choices %}{{ loop.index }}. {{ c }}\n{% endfor %}
---
{% for c in choices -%}\n({{ 'ABCDEFG'[loop.index0] }}) {{ c.strip() }}{% if not loop.last %}, {% endif %}\n{%- endfor %}
---
{% for r in rows %}{{ r.n }}={{ r['v'] }};{% else %}none{% endfor %}
---
{% for k, v in list_of_lists %}{{k}}:{{v}} {% endfor %}
---
{% for c in choices if c.strip() != '4' %}{{ c }}|{% endfor %}
---
{% if answer == 3 %}three{% elif answer == 0 %}zero{% else %}other{% endif %}
---
{% set letters = ['A', 'B'] %}{% set n = letters | length %}{{ n }}{{ letters }}
---
{# a comment #}text{#- another -#}  rest
---
  {%- if flag %}  x  {%- endif -%}  y
---
{% set long %}a{{ answer }}b{% endset %}{{ long | upper }}
---
plain text with { braces } and % signs
---
{{ '}}' }} and {{ "{{" }}
---
{{question}}\n
---
{% for i in range(answer) %}{{ i }}{% endfor %}
---
{{ question }}{% if text %}\nText: {{ text }}{% endif %}\n\n
---
{% if nothing is none %}N{% endif %}{% if missing is defined %}D{% endif %}
---
{% for x in rows %}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.revindex }}{% endfor %}
---
{% if %}
---
{% for x in %}{% endfor %}
---
{{ unclosed
---
{% if flag %}open
---
{% endfor %}
---
{% for x in [1,2] %}{% for y in [3,4] %}{{x}}{{y}} {% endfor %}{% endfor %}
---
{% set a, b = 1, 2 %}{{ a + b }}
---
{%+ if flag %}  plus{% endif %}
"""


def templates():
    for place in re.split(r"\|(?! )(?<!\| )(?!')|\n", PLACES):
        if place.strip():
            for shape in SHAPES:
                yield shape % place
    for whole in WHOLE.split("\n---\n"):
        yield whole
        yield whole.strip("\n").replace("\\n", "\n")


def main(out):
    environment = jinja2.Environment(
        loader=jinja2.BaseLoader(), undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    environment.filters["regex_replace"] = lambda string, pattern, repl, count=0: re.sub(
        pattern, repl, string, count=count
    )
    lines = []
    for template in dict.fromkeys(templates()):
        for number, row in enumerate(ROWS):
            try:
                text = environment.from_string(template).render(**row)
                if " object at 0x" in text or "Undefined" in text:
                    continue
                lines.append({"template": template, "row": number, "text": text})
            except Exception:
                lines.append({"template": template, "row": number, "error": True})
    random.Random(1).shuffle(lines)
    with gzip.GzipFile(out, "wb", mtime=0) as file:
        file.write((json.dumps({"rows": ROWS}) + "\n").encode())
        for line in lines:
            file.write((json.dumps(line) + "\n").encode())
    errors = sum("error" in line for line in lines)
    print(f"{len(lines)} renderings, {errors} of them refused")


main(sys.argv[1])
