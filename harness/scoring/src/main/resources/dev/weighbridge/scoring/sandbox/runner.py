# Runs one program and its tests, and tells how they ended in the last line on the descriptor that was standard output.
# What the program writes goes nowhere; that it ends the process early is told by the line that is then missing.
def run(job):
    import json, os, sys

    told = os.dup(1)
    nowhere = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    sys.stdin = open("/dev/null")
    sys.stdout = sys.stderr = open("/dev/null", "w")
    os.chdir("/work")
    job = json.loads(job)
    token = job["token"]
    parts = (("program", job["program"]), ("tests", job["tests"]))
    space = {"__name__": "__main__", "__builtins__": __builtins__}
    state, detail = "passed", ""
    del job
    try:
        for name, source in parts:
            exec(compile(source, name, "exec"), space)
    except MemoryError:
        state = "memory"
    except SystemExit as e:
        state, detail = "failed", "ended itself by SystemExit"
    except BaseException as e:
        try:
            state, detail = "failed", type(e).__name__ + ": " + str(e)
        except BaseException:
            state, detail = "failed", "an error that cannot be told"
    line = "\n%s %s %s\n" % (token, state, detail.replace("\n", " ")[:500])
    os.write(told, line.encode("utf-8", "replace"))
    os._exit(0)
