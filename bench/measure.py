"""One run of one program: time, memory, system calls, and how quiet the machine was."""
import hashlib, json, os, re, shutil, signal, statistics, subprocess, time

SPIN_BYTES = bytes(1 << 20)
TIMED = ["", ""]	# the program, and where it writes: set by who measures


class Run:
    def __init__(self, seconds, status, rss, cpu):
        self.seconds, self.status, self.rss, self.cpu = seconds, status, rss, cpu


def spin():
    """A piece of work that is always the same, in milliseconds: slower when others are on the processor."""
    began = time.perf_counter()
    h = hashlib.sha512()
    for _ in range(24):
        h.update(SPIN_BYTES)
    h.digest()
    return (time.perf_counter() - began) * 1000


def busy_seconds():
    """What all processors have worked so far."""
    with open("/proc/stat") as f:
        n = [int(x) for x in f.readline().split()[1:9]]
    return (sum(n) - n[3] - n[4]) / os.sysconf("SC_CLK_TCK")


def spawn(argv, where, env, said):
    """Through bench/floor/timed.c, as a process begins with the peak memory of its parent."""
    os.chdir(where)
    quiet = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
             (os.POSIX_SPAWN_OPEN, 2, said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)]
    return os.posix_spawn(TIMED[0], [TIMED[0], TIMED[1], *argv], env, file_actions=quiet, setpgroup=0)


def outcome():
    with open(TIMED[1]) as f:
        d = json.load(f)
    os.unlink(TIMED[1])
    return Run(d["seconds"], d["status"], d["peak_kb"] / 1024, d["cpu"])


def too_long(*_):
    raise TimeoutError("it did not end")


def run(argv, where, env, said, limit=1800):
    """The time from before the fork until it has been waited for."""
    signal.signal(signal.SIGALRM, too_long)
    pid = spawn(argv, where, env, said)
    signal.alarm(limit)
    try:
        os.waitpid(pid, 0)
    except BaseException:
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise
    finally:
        signal.alarm(0)
    return outcome()


def tree_of(pid):
    found, todo = [], [pid]
    while todo:
        pid = todo.pop()
        found.append(pid)
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children") as f:
                    todo += [int(x) for x in f.read().split()]
        except OSError:
            pass
    return found


def pss(pid):
    try:
        with open(f"/proc/{pid}/smaps_rollup") as f:
            m = re.search(r"^Pss: +(\d+)", f.read(), re.M)
        return int(m.group(1)) / 1024 if m else 0
    except OSError:
        return 0


def memory(argv, where, env, said):
    """Peak memory in MB of the whole tree of processes: the sum of their proportional shares (PSS), looked at every few
    milliseconds, or the largest process's resident set where that is more (or where it was too quick for a look). Looking
    slows it down: no run for the clock."""
    pid, most = spawn(argv, where, env, said), 0
    while not os.waitpid(pid, os.WNOHANG)[0]:
        most = max(most, sum(pss(p) for p in tree_of(pid)[1:]))
        time.sleep(0.004)
    r = outcome()
    r.rss = max(most, r.rss)
    return r


def syscalls(argv, where, env, said, out):
    """How many system calls, of all threads and processes; None without strace."""
    if not shutil.which("strace"):
        return Run(0, 0, None, 0)
    r = run(["strace", "-f", "-c", "-S", "calls", "-o", out, "--", *argv], where, env, said)
    with open(out) as f:
        total = [line.split() for line in f if line.rstrip().endswith(" total")]
    r.rss = int(total[-1][3]) if total else None
    return r


def machine():
    model = re.search(r"^model name\s*: (.*)$", open("/proc/cpuinfo").read(), re.M)
    memory_kb = int(re.search(r"MemTotal: +(\d+)", open("/proc/meminfo").read()).group(1))
    return {"processors": os.cpu_count(), "model": model.group(1) if model else os.uname().machine,
            "memory_gb": round(memory_kb / (1 << 20)), "kernel": os.uname().release}


def version(command, env):
    p = subprocess.run([*command, "--version"], env=env, capture_output=True, text=True, timeout=60)
    m = re.search(r"\d+\.\d+[\w.+-]*", p.stdout)
    return m.group(0) if m else "?"


def spread(values):
    """How far the middle half lies apart, of the median."""
    if len(values) < 3:
        return 0
    q = statistics.quantiles(values, n=4)
    return (q[2] - q[0]) / statistics.median(values)
