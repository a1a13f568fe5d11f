# The warden: first process of the sandbox's pid namespace. It reads a request from the harness,
# runs the untrusted program in a forked child under limits, and writes one report. When it ends,
# the kernel ends every process of the namespace. It knows nothing the program may not see until
# the program's own source has run: tests and the proof of completion arrive after it asks.
import builtins, ctypes, fcntl, os, resource, select, signal, struct, sys, time, traceback, types

PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER = 4, 38, 22, 2
BOX = "/box"
NONCE_BYTES = 32

# Calls no graded program needs: ways to memory no limit sees, to other namespaces, to the scheduling of
# the warden, to the kernel's rarer doors. Numbers: the kernel's syscall tables for x86_64 and arm64 (asm/unistd_64.h and
# asm-generic/unistd.h).
DENIED = {
    "x86_64": (0xC000003E, [
        29, 30, 31, 41, 67, 68, 69, 70, 71, 101, 141, 142, 144, 203, 251, 256, 279, 314, 155, 161, 165, 166, 167, 168, 169, 175, 176, 179, 240,
        241, 242, 243, 244, 245, 246, 248, 249, 250, 272, 298, 303, 304, 308, 310, 311, 312, 313, 319,
        320, 321, 323, 425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442, 447]),
    "aarch64": (0xC00000B7, [
        30, 118, 119, 122, 140, 238, 239, 274, 39, 40, 41, 51, 60, 89, 97, 104, 105, 106, 117, 142, 180, 181, 182, 183, 184, 185, 186, 187,
        188, 189, 194, 195, 196, 197, 198, 217, 218, 219, 224, 225, 241, 264, 265, 268, 270, 271, 272,
        273, 279, 280, 282, 294, 425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442, 447]),
}
CLONE = {"x86_64": 56, "aarch64": 220}
PRLIMIT = {"x86_64": 302, "aarch64": 261}
CLONE3 = 435
NEW_NAMESPACES = 0x7E020000  # CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET}


def read_exact(count):
    parts = []
    while count > 0:
        part = os.read(0, min(count, 1 << 20))
        if not part:
            os._exit(3)
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_header():
    line = b""
    while not line.endswith(b"\n"):
        line += read_exact(1)
    return [int(word) for word in line.split()]


def seccomp(libc):
    machine = os.uname().machine
    if machine not in DENIED:
        return
    arch, denied = DENIED[machine]
    allow, kill, eperm, enosys = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
    code = [(0x20, 0, 0, 4), (0x15, 1, 0, arch), (0x06, 0, 0, kill), (0x20, 0, 0, 0)]
    if machine == "x86_64":  # the x32 numbers are a second way to every call
        code += [(0x35, 0, 1, 0x40000000), (0x06, 0, 0, eperm)]
    for number in denied:
        code += [(0x15, 0, 1, number), (0x06, 0, 0, eperm)]
    # Limits are its own affair only: the warden runs as the same user.
    code += [(0x15, 0, 4, PRLIMIT[machine]), (0x20, 0, 0, 16), (0x15, 1, 0, 0), (0x06, 0, 0, eperm)]
    code += [(0x20, 0, 0, 0)]
    # clone3 hides its flags from a filter; libc falls back to clone when it is absent.
    code += [(0x15, 0, 1, CLONE3), (0x06, 0, 0, enosys)]
    code += [(0x15, 0, 3, CLONE[machine]), (0x20, 0, 0, 16), (0x45, 0, 1, NEW_NAMESPACES)]
    code += [(0x06, 0, 0, eperm), (0x06, 0, 0, allow)]
    filters = b"".join(struct.pack("=HBBI", *step) for step in code)
    buffer = ctypes.create_string_buffer(filters, len(filters))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(code), ctypes.addressof(buffer)))
    if libc.prctl(PR_SET_SECCOMP, FILTER, ctypes.c_void_p(ctypes.addressof(program)), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


def confine(libc, limits):
    libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs")
    limit = resource.setrlimit
    limit(resource.RLIMIT_CORE, (0, 0))
    limit(resource.RLIMIT_CPU, (limits["cpu"], limits["cpu"] + 1))
    limit(resource.RLIMIT_FSIZE, (limits["file"], limits["file"]))
    limit(resource.RLIMIT_NOFILE, (limits["open"], limits["open"]))
    limit(resource.RLIMIT_MEMLOCK, (65536, 65536))
    limit(resource.RLIMIT_MSGQUEUE, (0, 0))
    limit(resource.RLIMIT_SIGPENDING, (256, 256))
    limit(resource.RLIMIT_STACK, (8 << 20, 8 << 20))
    if limits["space"] > 0:
        limit(resource.RLIMIT_AS, (limits["space"], limits["space"]))
    # The warden counts against the same number.
    tasks = limits["processes"] + limits["threads"] + 1
    limit(resource.RLIMIT_NPROC, (tasks, tasks))
    seccomp(libc)


def exit_code(error):
    if not isinstance(error, SystemExit):
        return 1
    return 0 if error.code is None else error.code & 255 if isinstance(error.code, int) else 1


def enter(libc, limits, hear, say, out, err):
    """Makes the child ready: its streams, 3 to hear the warden, 4 to answer, and no other file."""
    os.setsid()
    null = os.open("/dev/null", os.O_RDWR)
    # First moved above all numbers given out below, so that none is overwritten before its turn.
    high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, 20) for descriptor in (null, out, err, hear, say)]
    for target, origin in enumerate(high):
        os.dup2(origin, target)
    os.closerange(5, 1024)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    sys.argv[:] = ["program"]
    os.chdir(BOX)
    confine(libc, limits)


def play_java(limits, source, launcher, java):
    """Runs in the child: hands over to a Java virtual machine."""
    with open(BOX + "/.source", "wb") as file:
        file.write(source)
    name = "dev/weighbridge/scoring/sandbox/JavaProgramMain"
    os.makedirs(BOX + "/.launcher/" + os.path.dirname(name))
    with open(BOX + "/.launcher/" + name + ".class", "wb") as file:
        file.write(launcher)
    os.execve(java, [
        "java", "-Xmx%d" % limits["memory"], "-Xss1m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        "-XX:ReservedCodeCacheSize=48m", "-XX:CompressedClassSpaceSize=64m", "-XX:MaxMetaspaceSize=128m",
        "-XX:MaxDirectMemorySize=16m", "-XX:-UsePerfData", "-XX:-CreateCoredumpOnCrash",
        "-XX:ErrorFile=/dev/null", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8",
        "-Djava.io.tmpdir=" + BOX, "-Duser.home=" + BOX, "-ea",
        "-cp", BOX + "/.launcher", name.replace("/", ".")], {})


def play(source):
    """Runs in the child: the program, then its tests in the same globals, then the proof."""
    hear, say = 3, 4
    # Kept here, for the program may replace any of them.
    leave, write, read, flushes = os._exit, os.write, os.read, (sys.stdout, sys.stderr)
    show, settrace, innate = traceback.print_exception, sys.settrace, dict(builtins.__dict__)
    process, self = os.getpid, os.getpid()
    code = 1
    try:
        # Not "__main__": a solution's own demonstration is not part of what is graded.
        module = types.ModuleType("program")
        sys.modules["program"] = module
        scope = module.__dict__
        exec(compile(source.decode("utf-8"), "<program>", "exec"), scope)
        if process() != self:
            leave(0)  # a child the program forked and forgot does not run its tests
        write(say, b"T")
        size = 0
        packet = b""
        while len(packet) < 8 + NONCE_BYTES + size:
            packet += read(hear, 1 << 16)
            if len(packet) >= 8 and size == 0:
                size = int.from_bytes(packet[:8], "big")
        nonce, tests = packet[8:8 + NONCE_BYTES], packet[8 + NONCE_BYTES:]
        del packet
        settrace(None)
        builtins.__dict__.clear()
        builtins.__dict__.update(innate)
        scope["__builtins__"] = builtins
        exec(compile(tests.decode("utf-8"), "<tests>", "exec"), scope)
        if process() == self:
            write(say, b"D" + nonce)
        code = 0
    except MemoryError:
        source = tests = None
        if process() == self:
            write(say, b"M")
    except BaseException as error:
        code = exit_code(error)
        try:
            show(type(error), error, error.__traceback__.tb_next, limit=-20)
        except BaseException:
            pass
    for stream in flushes:
        try:
            stream.flush()
        except BaseException:
            pass
    leave(code)


class Watch:
    """Runs in the warden: follows the child until it ends or oversteps."""

    def __init__(self, limits, pid, ask, tell, out, err, tests_bytes):
        self.limits, self.pid, self.ask, self.tell = limits, pid, ask, tell
        self.streams = {out: bytearray(), err: bytearray()}
        self.tests_bytes, self.asked, self.said, self.pending = tests_bytes, False, b"", b""
        self.nonce = os.urandom(NONCE_BYTES)
        self.status, self.verdict = None, None
        self.start = time.monotonic()

    def run(self):
        poll = select.poll()
        for stream in self.streams:
            os.set_blocking(stream, False)
            poll.register(stream, select.POLLIN)
        os.set_blocking(self.ask, False)
        os.set_blocking(self.tell, False)
        poll.register(self.ask, select.POLLIN)
        poll.register(0, 0)
        while self.status is None and self.verdict is None:
            for descriptor, event in poll.poll(20):
                if descriptor == 0:
                    os._exit(3)  # the harness is gone
                elif descriptor == self.tell:
                    if not self.answer():
                        poll.unregister(self.tell)
                elif descriptor == self.ask:
                    if not self.listen():
                        poll.unregister(self.ask)
                    elif self.pending:
                        poll.register(self.tell, select.POLLOUT)
                elif not self.drain(descriptor):
                    poll.unregister(descriptor)
            self.reap()
            if self.status is None:
                self.inspect()
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass
        if self.verdict is None:
            self.listen()
            for stream in self.streams:
                while self.verdict is None and self.drain(stream, once=True):
                    pass
        self.reap_all()

    def answer(self):
        try:
            self.pending = self.pending[os.write(self.tell, self.pending):]
        except BlockingIOError:
            return True
        except BrokenPipeError:
            self.pending = b""
        return len(self.pending) > 0

    def listen(self):
        try:
            data = os.read(self.ask, 256)
        except BlockingIOError:
            return True
        if not data:
            return False
        if not self.asked and data[:1] == b"T":
            self.asked, data = True, data[1:]
            tests = read_exact(self.tests_bytes)
            self.pending = len(tests).to_bytes(8, "big") + self.nonce + tests
        self.said = (self.said + data)[:256]
        return True

    def drain(self, stream, once=False):
        try:
            data = os.read(stream, 1 << 16)
        except BlockingIOError:
            return not once
        if not data:
            return False
        kept = self.streams[stream]
        kept += data
        if len(kept) > self.limits["output"]:
            del kept[self.limits["output"]:]
            self.verdict = ("OUTPUT_LIMIT", "wrote more than %d bytes" % self.limits["output"])
        return True

    def reap(self):
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self.pid:
                self.status = status

    def reap_all(self):
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                time.sleep(0.001)

    def inspect(self):
        limits = self.limits
        if time.monotonic() - self.start > limits["wall"]:
            self.verdict = ("TIMED_OUT", "ran longer than %.3g s" % limits["wall"])
            return
        room = os.statvfs(BOX)
        if room.f_files - room.f_ffree > limits["files"] + 1:
            self.verdict = ("KILLED", "made more than %d files" % limits["files"])
            return
        memory = processes = 0
        for name in os.listdir("/proc"):
            if name.isdigit() and name != "1":
                try:
                    with open("/proc/%s/status" % name, "rb") as file:
                        status = file.read(4096)
                except OSError:
                    continue
                processes += 1
                for line in status.split(b"\n"):
                    if line.startswith((b"RssAnon:", b"RssShmem:")):
                        memory += int(line.split()[1]) << 10
        if memory > limits["memory"] + limits["overhead"]:
            self.verdict = ("OUT_OF_MEMORY", "its processes together held %d bytes" % memory)
        elif processes > limits["processes"]:
            self.verdict = ("KILLED", "ran more than %d processes" % limits["processes"])

    def judge(self, cpu):
        if self.verdict is not None:
            return self.verdict + (-1,)
        if os.WIFSIGNALED(self.status):
            number = os.WTERMSIG(self.status)
            if number == signal.SIGXCPU or number == signal.SIGKILL and cpu >= self.limits["cpu"]:
                return "TIMED_OUT", "used more than %d s of CPU" % self.limits["cpu"], -1
            return "KILLED", "ended by signal %d" % number, -1
        code = os.WEXITSTATUS(self.status)
        if code == 0 and self.asked and self.said == b"D" + self.nonce:
            return "PASSED", "", code
        if self.said.startswith(b"M"):
            return "OUT_OF_MEMORY", "asked for more than %d bytes" % self.limits["memory"], code
        if code == 0:
            return "FAILED", "ended before its tests did", code
        return "FAILED", "", code


def main():
    names = ("wall", "cpu", "memory", "file", "files", "processes", "output", "source", "tests", "launcher")
    limits = dict(zip(names, read_header()))
    limits["wall"] /= 1000.0
    # Not the working folder: what the program writes there must not become a module of the warden.
    sys.path[:] = [folder for folder in sys.path if folder not in ("", BOX)]
    java = sys.argv[2] if len(sys.argv) > 2 else None
    # A virtual machine reserves far more addresses than it uses, and has threads and memory of its own.
    limits.update(space=0 if java else limits["memory"], overhead=256 << 20 if java else 0,
                  threads=64 if java else 0, open=256 if java else 64)
    # The first process of a namespace is deaf to all signals it has no handler for.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    libc = ctypes.CDLL(None, use_errno=True)
    if os.getpid() != 1 or libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        os._exit(4)
    launcher, source = read_exact(limits["launcher"]), read_exact(limits["source"])
    (hear, tell), (ask, say), (out, out_end), (err, err_end) = (os.pipe() for _ in range(4))
    os.write(1, b"READY\n")
    pid = os.fork()
    if pid == 0:
        try:
            enter(libc, limits, hear, say, out_end, err_end)
            if java:
                play_java(limits, source, launcher, java)
            else:
                play(source)
        finally:
            os._exit(2)
    for descriptor in (hear, say, out_end, err_end):
        os.close(descriptor)
    watch = Watch(limits, pid, ask, tell, out, err, limits["tests"])
    watch.run()
    wall = time.monotonic() - watch.start
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = usage.ru_utime + usage.ru_stime
    outcome, reason, code = watch.judge(cpu)
    stdout, stderr, reason = bytes(watch.streams[out]), bytes(watch.streams[err]), reason.encode()
    report = b"%s %d %d %d %d %d %d\n" % (
        outcome.encode(), code, int(wall * 1000), int(cpu * 1000), len(stdout), len(stderr), len(reason))
    report += stdout + stderr + reason
    while report:
        report = report[os.write(1, report):]
    os._exit(0)


main()
