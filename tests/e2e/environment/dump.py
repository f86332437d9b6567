"""What a script sees, as a line of JSON added to dump.jsonl in its directory."""
import json, os, signal, stat, sys


def kind(fd):
    try:
        mode = os.fstat(fd).st_mode
    except OSError:
        return "closed"
    if stat.S_ISCHR(mode):
        return "terminal" if os.isatty(fd) else os.path.basename(os.readlink(f"/proc/self/fd/{fd}"))
    # node makes its pipes of sockets
    return "pipe" if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) else "file"


mask = os.umask(0o77)
os.umask(mask)
ignored = [line.split()[1] for line in open("/proc/self/status") if line.startswith("SigIgn")][0]
quiet = {signal.SIGPIPE, signal.SIGXFSZ}  # python ignores these itself
seen = {
    "env": dict(os.environ), "argv": sys.argv[1:], "cwd": os.getcwd(), "umask": mask,
    "streams": [kind(fd) for fd in range(3)],
    "ignored": [s.name for s in signal.valid_signals() if s not in quiet and isinstance(s, signal.Signals) and int(ignored, 16) >> (s - 1) & 1],
}
with open("dump.jsonl", "a") as f:
    f.write(json.dumps(seen, sort_keys=True) + "\n")
