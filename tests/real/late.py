#!/usr/bin/env python3
"""Ten resolutions with answers delayed at random, one lockfile. Opt-in: it needs a recorded registry.

    tests/real/late.py --mirror DIR [--lode build/release/lode] [--runs 10] [--mean 0.02] --work DIR PROJECT…

DIR is what a recording registry kept: full/NAME.json.gz and abbr/NAME.json.gz (documents), tgz/NAME/-/FILE (tarballs),
tls/cert.pem, key.pem and ca.pem for localhost. It is served here, each answer after a while of its own: MEAN seconds on
average, exponentially distributed, some ten times as long. Each resolution begins with an empty cache.
"""
import argparse, asyncio, hashlib, os, random, shutil, ssl, subprocess, sys, tempfile, threading, urllib.parse

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("projects", nargs="+")
ap.add_argument("--mirror", required=True)
ap.add_argument("--lode", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/release/lode"))
ap.add_argument("--runs", type=int, default=10)
ap.add_argument("--mean", type=float, default=0.02)
ap.add_argument("--work", required=True)
args = ap.parse_args()


def found(path, accept):
    """The file that answers, and whether it is compressed."""
    path = urllib.parse.unquote(urllib.parse.urlsplit(path).path)
    if "/.." in path:
        return None, False
    if "/-/" in path:
        return os.path.join(args.mirror, "tgz" + path), False
    return os.path.join(args.mirror, "abbr" if "install-v1" in accept else "full", path[1:] + ".json.gz"), True


def answer_to(path, accept):
    name, packed = found(path, accept)
    if not name or not os.path.isfile(name):
        return b"HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
    with open(name, "rb") as f:
        body = f.read()
    head = "content-type: application/json\r\ncontent-encoding: gzip\r\n" if packed else "content-type: application/octet-stream\r\n"
    return f"HTTP/1.1 200 OK\r\n{head}content-length: {len(body)}\r\n\r\n".encode() + body


async def serve_one(reader, writer):
    try:
        while request := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
            line, *headers = request.split("\r\n")
            accept = next((h.split(":", 1)[1] for h in headers if h.lower().startswith("accept:")), "")
            await asyncio.sleep(min(random.expovariate(1 / args.mean), 10 * args.mean))
            writer.write(answer_to(line.split(" ")[1], accept))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()


def serve(ready):
    async def run():
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(os.path.join(args.mirror, "tls/cert.pem"), os.path.join(args.mirror, "tls/key.pem"))
        server = await asyncio.start_server(serve_one, "127.0.0.1", 0, ssl=tls)
        ready.append(server.sockets[0].getsockname()[1])
        event.set()
        await server.serve_forever()

    event = threading.Event()
    threading.Thread(target=lambda: asyncio.run(run()), daemon=True).start()
    event.wait()


def resolve(project, port):
    base = tempfile.mkdtemp(dir=args.work)
    where = os.path.join(base, "project")
    os.makedirs(where)
    shutil.copy(os.path.join(project, "package.json"), where)
    with open(os.path.join(base, "npmrc"), "w") as f:
        f.write(f"registry=https://localhost:{port}/\ncafile={os.path.abspath(args.mirror)}/tls/ca.pem\nreplace-registry-host=always\n")
    env = {k: v for k, v in os.environ.items() if not k.lower().startswith("npm_config_")}
    env.update(npm_config_userconfig=os.path.join(base, "npmrc"), npm_config_cache=os.path.join(base, "cache"), HOME=base)
    subprocess.run([os.path.abspath(args.lode), "install", "--package-lock-only", "--legacy-peer-deps", "--ignore-scripts",
                    "--no-audit", "--no-fund", "--loglevel=error"], cwd=where, env=env, check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(where, "package-lock.json"), "rb") as f:
        lock = hashlib.sha256(f.read()).hexdigest()
    shutil.rmtree(base)
    return lock


def main():
    ports, differ = [], False
    os.makedirs(args.work, exist_ok=True)
    serve(ports)
    for project in args.projects:
        locks = []
        for _ in range(args.runs):
            locks.append(resolve(project, ports[0]))
            print(f"{os.path.basename(os.path.normpath(project))}: {locks[-1][:16]}", flush=True)
        differ = differ or len(set(locks)) > 1
        print(f"{len(locks)} resolutions, {len(set(locks))} lockfile(s)")
    return 1 if differ else 0


sys.exit(main())
