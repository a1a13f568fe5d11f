"""A decoupled model of Triton's Python backend that hands each request on to an OpenAI-compatible server on this machine.

Each piece of text becomes a response of its own. Beside it stand the tokens that came with it, so far as the server's counts tell; the
last response has the prompt's tokens, the reason of the end, and the tokens that no piece has told.
"""

import http.client
import json
import os
import threading
import time

import numpy
import triton_python_backend_utils as triton

FIELDS = ("max_tokens", "min_tokens", "ignore_eos", "temperature", "top_k", "top_p", "seed")
START_SECONDS = 120


class TritonPythonModel:
    def initialize(self, args):
        self.port = int(os.environ["UPSTREAM_PORT"])
        deadline = time.monotonic() + START_SECONDS
        while not self.healthy():
            if time.monotonic() > deadline:
                raise triton.TritonModelException("the server behind this model did not start")
            time.sleep(0.2)

    def healthy(self):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except OSError:
            return False

    def execute(self, requests):
        for request in requests:
            # Responses come from a thread of their own, so that requests do not wait for each other.
            threading.Thread(target=self.answer, args=(asked(request), request.get_response_sender()), daemon=True).start()

    def answer(self, body, sender):
        try:
            self.stream(body, sender)
        except Exception as failure:
            error = triton.TritonError(f"{type(failure).__name__}: {failure}")
            sender.send(triton.InferenceResponse(error=error), flags=triton.TRITONSERVER_RESPONSE_COMPLETE_FINAL)

    def stream(self, body, sender):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            connection.request("POST", "/v1/completions", json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            if answer.status != 200:
                raise OSError(f"HTTP {answer.status}: {answer.read(500).decode(errors='replace')}")
            told, finish, usage = 0, "", {}
            for line in answer:
                data = line.decode().strip().removeprefix("data:").strip()
                if not data or data == "[DONE]":
                    continue
                if sender.is_cancelled():
                    break
                event = json.loads(data)
                if event.get("error"):
                    raise OSError(str(event["error"]))
                usage = event.get("usage") or usage
                for choice in event.get("choices", []):
                    finish = choice.get("finish_reason") or finish
                    if choice.get("text"):
                        told += 1
                        sender.send(response(choice["text"], num_output_tokens=1))
            rest = max(0, usage.get("completion_tokens", told) - told)
            counts = {"num_output_tokens": rest, "num_input_tokens": usage.get("prompt_tokens", 0)}
            sender.send(response("", finish, **counts), flags=triton.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
        finally:
            connection.close()


def asked(request):
    """What the server behind is asked for a request."""
    body = {"prompt": text(tensor(request, "text_input")[0]), "stream": True, "stream_options": {"include_usage": True}}
    for name in FIELDS:
        values = tensor(request, name)
        if values is not None:
            body[name] = values[0].item()
    if body.get("top_k") == 1:
        body["temperature"] = 0
    stops = tensor(request, "stop_words")
    if stops is not None:
        body["stop"] = [text(stop) for stop in stops]
    return body


def tensor(request, name):
    found = triton.get_input_tensor_by_name(request, name)
    return None if found is None else found.as_numpy().reshape(-1)


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def response(piece, finish="", **counts):
    outputs = [texts("text_output", piece)]
    if finish:
        outputs.append(texts("finish_reason", finish))
    outputs += [triton.Tensor(name, numpy.array([count], dtype=numpy.uint32)) for name, count in counts.items()]
    return triton.InferenceResponse(output_tensors=outputs)


def texts(name, value):
    return triton.Tensor(name, numpy.array([value.encode()], dtype=numpy.object_))
