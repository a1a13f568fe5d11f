# Attempts what must fail in the sandbox, and ends with an error when something succeeds.
import errno, os, socket

def must_fail(what, attempt):
    try:
        attempt()
    except OSError:
        return
    raise SystemExit("it could " + what)

def write(path):
    with open(path, "w") as file:
        file.write("x")

def connect(family):
    with socket.socket(family) as client:
        client.settimeout(1)
        client.connect(("127.0.0.1" if family == socket.AF_INET else "::1", @PORT@))

must_fail("reach a port of the machine", lambda: connect(socket.AF_INET))
must_fail("reach a port of the machine over IPv6", lambda: connect(socket.AF_INET6))
# The machine's own, as the harness sees them. Sockets are refused twice over, so that only this shows
# whether there would be a network if they were not.
for shared in "@NAMESPACES@".split():
    if os.readlink("/proc/self/ns/" + shared.split(":")[0]) == shared:
        raise SystemExit("it shares a namespace with the machine: " + shared)

must_fail("read a file of the machine", lambda: open("@SECRET@").read())
for path in ("/etc/passwd", "/root", "/home", "/var"):
    must_fail("see " + path, lambda: os.stat(path))
strange = set(os.listdir("/")) - set("bin box dev lib lib32 lib64 libx32 proc sbin tmp usr".split())
if os.path.exists("/etc") and os.listdir("/etc") == ["ld.so.cache"]:
    strange.discard("etc")
if strange:
    raise SystemExit("it sees folders of the machine: %s" % sorted(strange))
for path in ("/x", "/usr/x", "/usr/bin/env", "/dev/x", "/proc/sysrq-trigger"):
    must_fail("write " + path, lambda: write(path))
must_fail("read the environment of the first process", lambda: open("/proc/1/environ").read())
must_fail("read the memory of the first process", lambda: open("/proc/1/mem", "rb").read(1))

status = dict(line.rstrip("\n").split(":\t", 1) for line in open("/proc/self/status") if ":\t" in line)
for capabilities in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
    if int(status[capabilities], 16) != 0:
        raise SystemExit("it has capabilities: %s %s" % (capabilities, status[capabilities]))
if status["NoNewPrivs"].strip() != "1":
    raise SystemExit("it may gain privileges")
if {name for name in os.listdir("/proc") if name.isdigit()} != {"1", str(os.getpid())}:
    raise SystemExit("it sees other processes")

room = os.statvfs("/box")
if room.f_blocks * room.f_frsize > @DISK@ + (1 << 20):
    raise SystemExit("its folder is larger than it may be")
write("/box/own")
if open("/box/own").read() != "x":
    raise SystemExit("it cannot use its own folder")

if @MEMORY@ <= 1 << 32:
    try:
        bytearray(@MEMORY@)
        raise SystemExit("it has more memory than it may")
    except MemoryError:
        pass

# Last, for it leaves no room: one process more than permitted.
children = 0
read_end, write_end = os.pipe()
try:
    while children < @PROCESSES@ + 8:
        if os.fork() == 0:
            os.close(write_end)
            os.read(read_end, 1)
            os._exit(0)
        children += 1
except OSError as error:
    if error.errno != errno.EAGAIN:
        raise
os.close(write_end)
if children >= @PROCESSES@:
    raise SystemExit("it started %d processes, of at most @PROCESSES@" % (children + 1))
