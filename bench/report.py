#!/usr/bin/env python3
"""Make the table and the chart of what bench/bench.py measured.

    bench/report.py [RESULTS.json …] [--out FOLDER]      docs/benchmarks.json -> docs/benchmarks.md, docs/benchmarks.svg

Of several files the later takes the place of the earlier, scenario by scenario.
"""
import argparse, json, math, os, statistics, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ORDER = ["small", "medium", "large", "xlarge", "start"]
SCENARIOS = ["none", "warm", "linked", "ci", "cold", "nolock", "add", "run", "exec", "app"]
TITLES = {"none": "nothing to do", "warm": "warm", "linked": "linked", "ci": "CI", "cold": "cold", "nolock": "no lockfile",
          "add": "add one package", "run": "run a script", "exec": "exec a local bin", "app": "run an application"}
WHAT = {"none": "all is there", "warm": "cache and lockfile", "linked": "the same, `install-strategy=linked` where a tool has it",
        "ci": "lockfile, no cache", "cold": "nothing", "nolock": "full cache, every packument asked about again",
        "add": "all is there, then one package from the cache", "run": "a script that is `true`", "exec": "a bin that is an empty script",
        "app": "a file with one line"}
FLOORS = {"link": "same folders and links", "transfer": "transfer alone", "unpack": "inflate, hash, write alone", "start": "fork and exec",
          "bare": "without the tool"}
GOALS = {"none": 5, "warm": 1, "linked": 5, "ci": 1.5, "cold": 1.5, "nolock": 1.5, "add": 2, "run": 3, "exec": 3}
COLORS = ["#2f81f7", "#cb3837", "#f69220", "#d29bb0", "#3fa66b", "#8b6fd6", "#8a8f98"]


def merge(docs):
    out = {"machine": {}, "tools": {}, "results": {}}
    for d in docs:
        out["machine"].update(d["machine"])
        out["tools"].update(d["tools"])
        for r in d["results"]:
            out["results"][r["project"], r["scenario"], bool(r.get("wan"))] = r
    return out


def seconds(s):
    if s is None:
        return ""
    return f"{s * 1000:.1f} ms" if s < 0.1 else f"{s:.2f} s" if s < 10 else f"{s:.0f} s"


def middle(result, name):
    taken = result["tools"].get(name, {}).get("seconds")
    return statistics.median(taken) if taken else None


def floor_of(result):
    """The floor that counts: the larger where there are two halves, what runs without the tool where there is that."""
    taken = {n: statistics.median(s) for n, s in result["floors"].items() if s}
    if "bare" in taken:
        return "bare", taken["bare"]
    return max(taken.items(), key=lambda x: x[1]) if taken else (None, None)


def rivals_of(result, first):
    return {n: middle(result, n) for n in result["tools"] if n.split("@")[0] != first and middle(result, n)}


def ratio(result, first):
    """The fastest rival's time by ours, and who it is."""
    rivals, own = rivals_of(result, first), middle(result, first)
    if not rivals or not own:
        return None, None
    who = min(rivals, key=rivals.get)
    return rivals[who] / own, who


def cell(tool):
    """Median [least] ± half of the middle half."""
    taken = tool["seconds"]
    if not taken:
        return "failed"
    text = f"{seconds(statistics.median(taken))} [{seconds(min(taken))}]"
    if len(taken) >= 4:
        q = statistics.quantiles(taken, n=4)
        text += f" ±{50 * (q[2] - q[0]) / statistics.median(taken):.0f} %"
    return text + (f" ({len(taken)} runs)" if len(taken) < 4 else "")


def table(rows):
    return ["| " + " | ".join(r) + " |" for r in [rows[0], ["---"] * len(rows[0]), *rows[1:]]] + [""]


def times_table(results, names, first):
    rows = [["scenario", *names, f"fastest rival ÷ {first}", "goal", f"floor, and {first} ÷ floor"]]
    for r in results:
        got, who = ratio(r, first)
        floor, least = floor_of(r)
        own = middle(r, first)
        rows.append([TITLES[r["scenario"]], *(cell(r["tools"][n]) if n in r["tools"] else "" for n in names),
                     f"**{got:.2f}** ({who})" if got else "", f"{GOALS[r['scenario']]}" if r["scenario"] in GOALS else "",
                     f"{seconds(least)} ({FLOORS[floor]}): {own / least:.2f}" if floor and own else ""])
    return table(rows)


def beside_table(results, names, key, unit):
    rows = [["scenario", *names]]
    for r in results:
        values = [r["tools"].get(n, {}).get(key) for n in names]
        rows.append([TITLES[r["scenario"]], *(f"{v:,.0f}{unit}" if v is not None else "" for v in values)])
    return table(rows) if any(c for row in rows[1:] for c in row[1:]) else []


def noise_table(results, least):
    rows = [["project", "scenario", "a fixed piece of work, median ÷ the sitting's least", "other work, of all processors", "load before, after"]]
    for r in results:
        n = r["noise"]
        rows.append([r["project"] + (", far" if r.get("wan") else ""), TITLES[r["scenario"]], f"{statistics.median(n['spin_ms']) / least:.2f}",
                     f"{100 * n['beside']:.0f} %", f"{n['load_before']}, {n['load_after']}"])
    return table(rows)


def ordered(doc):
    def place(r):
        return (ORDER.index(r["project"]) if r["project"] in ORDER else -1, r["project"], bool(r.get("wan")), SCENARIOS.index(r["scenario"]))
    return sorted(doc["results"].values(), key=place)


def sections(doc):
    """(title, results) of each project, near and far."""
    out = {}
    for r in ordered(doc):
        title = "Starting" if r["project"] == "start" else r["project"]
        if r.get("wan"):
            title += f", a round trip of {r['wan']['rtt_ms']:g} ms and {r['wan']['mbit']:g} Mbit/s"
        out.setdefault(title, []).append(r)
    return out


def markdown(doc):
    names, m = list(doc["tools"]), doc["machine"]
    first = names[0]
    results = ordered(doc)
    least = min(s for r in results for s in r["noise"]["spin_ms"])
    out = ["# Benchmarks", "", "Made by `bench/report.py` from `docs/benchmarks.json`; how it is measured says [performance.md](performance.md).", "",
           "![Times of all tools, on a logarithmic scale](benchmarks.svg)", "",
           ", ".join(f"{n} {v}" for n, v in doc["tools"].items()) + f". {m['processors']} processors ({m['model']}), {m['memory_gb']} GB, Linux "
           f"{m['kernel']}, ext4; a registry on the same machine over HTTPS. Scripts are off. Measured {min(r['when'] for r in results)} to "
           f"{max(r['when'] for r in results)}.", "",
           "A cell is the median [least] ± half of what the middle half of the runs spreads over. Every tool ran in every round, each "
           "time in a fresh folder, in changing order.", ""]
    out += table([["scenario", "what is there"], *([TITLES[s], WHAT[s]] for s in SCENARIOS if any(r["scenario"] == s for r in results))])
    for title, part in sections(doc).items():
        shown = [n for n in names if any(n in r["tools"] for r in part)]
        out += [f"## {title}", "", *times_table(part, shown, first)]
        peak = beside_table(part, shown, "peak_mb", " MB")
        if peak:
            out += ["Peak memory of the whole tree of processes (shared pages divided among those that have them; at least the largest "
                    "process's resident set):", "", *peak]
        calls = beside_table(part, shown, "syscalls", "")
        if calls:
            out += ["System calls of all processes and threads:", "", *calls]
    out += ["## Noise", "", *noise_table(results, least)]
    return "\n".join(out).rstrip() + "\n"


# ---- the chart ----

WIDTH, LABEL, RIGHT, BAR, GAP, HEAD = 860, 130, 150, 11, 10, 34
STYLE = """<style>
text { font: 12px system-ui, sans-serif; fill: #24292f } .small { font-size: 10px } .title { font-size: 15px; font-weight: 600 }
.grid { stroke: #d0d7de; stroke-width: 1 } .floor { stroke: #24292f; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) { text { fill: #d5dbe2 } .grid { stroke: #3a414a } .floor { stroke: #d5dbe2 } }
</style>"""


def escape(s):
    return s.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def scale(values):
    """Seconds to x, logarithmic, over whole powers of ten."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 1)
    return low, high, lambda s: LABEL + (math.log10(s) - low) / (high - low) * (WIDTH - LABEL - RIGHT)


def panel(title, results, names, top):
    """One project; gives the drawing and where it ends."""
    values = [m for r in results for m in [*(middle(r, n) for n in names), floor_of(r)[1]] if m]
    low, high, x = scale(values)
    body, y = [], top + HEAD
    for r in results:
        shown = [n for n in names if middle(r, n)]
        body.append(f'<text x="{LABEL - 8}" y="{y + len(shown) * BAR / 2 + 4:.0f}" text-anchor="end">{TITLES[r["scenario"]]}</text>')
        began = y
        for n in shown:
            s = middle(r, n)
            body.append(f'<rect x="{LABEL}" y="{y}" width="{max(x(s) - LABEL, 1):.1f}" height="{BAR - 1}" fill="{COLORS[names.index(n) % len(COLORS)]}">'
                        f"<title>{escape(n)}: {seconds(s)}</title></rect>")
            body.append(f'<text class="small" x="{x(s) + 4:.1f}" y="{y + BAR - 2}">{escape(n)} {seconds(s)}</text>')
            y += BAR
        floor, least = floor_of(r)
        if floor:
            body.append(f'<line class="floor" x1="{x(least):.1f}" x2="{x(least):.1f}" y1="{began - 2}" y2="{y + 1}"><title>floor: {FLOORS[floor]}, '
                        f"{seconds(least)}</title></line>")
        y += GAP
    grid = []
    for power in range(low, high + 1):
        at = x(10 ** power)
        grid.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{top + HEAD - 8}" y2="{y - GAP + 4}"/>')
        grid.append(f'<text class="small" x="{at:.1f}" y="{top + HEAD - 12}" text-anchor="middle">{seconds_tick(power)}</text>')
    return [f'<text class="title" x="0" y="{top + 14}">{escape(title)}</text>', *grid, *body], y + 8


def seconds_tick(power):
    return f"{10 ** (power + 3):g} ms" if power < 0 else f"{10 ** power:g} s"


def chart(doc):
    names, top, body = list(doc["tools"]), 0, []
    for title, results in sections(doc).items():
        drawn, top = panel(title, results, names, top)
        body += drawn
    body.append(f'<text class="small" x="0" y="{top + 8}">Medians, logarithmic; the upright line is the floor: what the machine takes for it without any tool.</text>')
    height = top + 16
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" '
            f'aria-label="Times of installers">\n{STYLE}\n' + "\n".join(body) + "\n</svg>\n")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("results", nargs="*", default=[os.path.join(ROOT, "docs/benchmarks.json")])
    ap.add_argument("--out", default=os.path.join(ROOT, "docs"))
    args = ap.parse_args()
    doc = merge(json.load(open(p)) for p in args.results)
    if not doc["results"]:
        sys.exit("nothing is measured yet")
    for name, text in (("benchmarks.md", markdown(doc)), ("benchmarks.svg", chart(doc))):
        with open(os.path.join(args.out, name), "w") as f:
            f.write(text)
        print(os.path.relpath(f.name))


if __name__ == "__main__":
    main()
