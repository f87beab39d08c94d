"""What the benchmarks share: offices made by the real command, whole commands timed with their memory, and lines with a verdict."""
import argparse
import hashlib
import importlib.machinery
import importlib.util
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
TOWN, COUNTY, CITY = "430321100000", "430321000000", "430300000000"
FAILED = []


class Offices:
    def __init__(self, options):
        self.quick, self.runs = options.quick, options.runs
        self.binary = options.binary
        self.work = os.path.abspath(options.work)
        self.cases = 10000 if self.quick else 100000
        os.makedirs(self.work, exist_ok=True)
        self.peak = self.path("peak")
        subprocess.run(["cc", "-O2", "-o", self.peak, os.path.join(os.path.dirname(os.path.abspath(__file__)), "peak.c")], check=True)
        for name in ("TIERSYNC_STORE", "TIERSYNC_OPERATOR"):
            os.environ.pop(name, None)
        os.environ.update(LC_ALL="C.UTF-8", GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null")

    def path(self, *names):
        return os.path.join(self.work, *names)

    def run(self, *command, stdin=None, descriptors=None, codes=(0,)):
        """Run; the wall time in seconds, the peak memory in MB, what it said."""
        def limit():
            if descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
        start = time.perf_counter()
        with open(self.path("said"), "wb") as said:
            process = subprocess.Popen([self.peak, self.path("peak.kib"), *command], stdin=stdin or subprocess.DEVNULL, stdout=said,
                                       stderr=subprocess.STDOUT, preexec_fn=limit if descriptors else None)
            process.wait()
        elapsed = time.perf_counter() - start
        with open(self.path("said"), encoding="utf-8", errors="replace") as said:
            text = said.read()
        if process.returncode not in codes:
            sys.exit(f"bench: exit {process.returncode} of {' '.join(command)}\n{text}")
        with open(self.path("peak.kib"), encoding="ascii") as peak:
            return elapsed, int(peak.read()) / 1024, text

    def tiersync(self, *arguments, **more):
        return self.run(self.binary, *arguments, **more)

    def fresh(self, *names):
        shutil.rmtree(self.path(*names), ignore_errors=True)
        return self.path(*names)

    def city(self, name, files):
        """A city, with the kinds and codes of the files; the offices that are made next come under its root."""
        store = self.fresh(name)
        _, _, said = self.tiersync("init", "--store", store, "--node", CITY, "--level", "city", "--name", "湘潭市", "--root")
        with open(self.path("root"), "w", encoding="utf-8") as file:
            file.write(fingerprint(said))
        self.tiersync("schema", "add", "--store", store, *files)
        return store

    def root(self):
        """A city with the kinds of schema/ and its county, made once."""
        store = self.path("city")
        if not os.path.exists(store):
            self.city("city", [os.path.join(ROOT, "schema", folder, name) for folder in ("kinds", "codes")
                               for name in sorted(os.listdir(os.path.join(ROOT, "schema", folder)))])
            self.office("county", COUNTY, "county", "湘潭县", store)
        return store

    def office(self, name, code, level, title, superior):
        store = self.fresh(name)
        self.tiersync("init", "--store", store, "--node", code, "--level", level, "--name", title)
        _, _, said = self.tiersync("request", "--store", store, "--out", self.path(name + ".card"))
        with open(self.path("root"), encoding="utf-8") as file:
            root = file.read()
        self.tiersync("enrol", "--store", superior, self.path(name + ".card"), "--fingerprint", fingerprint(said),
                      "--out", self.path(name + ".answer"))
        self.tiersync("accept", "--store", store, self.path(name + ".answer"), "--root", root)
        return store

    def town(self, name, code=TOWN):
        """An empty township store, as it is just after `accept`: made once, then copied."""
        self.root()
        made = self.path("empty." + code)
        if not os.path.exists(made):
            self.office("empty." + code, code, "township", "易俗河镇", self.path("county"))
        store = self.fresh(name)
        shutil.copytree(made, store)
        return store


def fingerprint(said):
    found = re.search(r"(?:\d{5}[ -]){7}\d{5}", said)
    return found.group(0) if found else sys.exit("bench: no fingerprint in: " + said)


def size_bytes(path):
    return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(path) for name in names)


def generator():
    """tools/generate as a module: it has no .py."""
    loader = importlib.machinery.SourceFileLoader("generate", os.path.join(ROOT, "tools", "generate"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("generate", loader))
    loader.exec_module(module)
    return module


def git_path(key):
    """Where git keeps a record: one JSON file each, in 256 x 256 directories."""
    digest = hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
    return f"{digest[:2]}/{digest[2:4]}/{digest}.json".encode()


def verdict(what, holds):
    if not holds:
        FAILED.append(what)
    return "holds" if holds else "MISSED"


def report(what, ours, peer, ratio, bar, holds):
    print(f"{what:<34} {ours:>16} {peer:>22}  ratio {ratio:8.3f}  {bar:<14} {verdict(what, holds)}", flush=True)


def spread(values):
    return f"{statistics.median(values):.3f} s ±{(max(values) - min(values)) / 2:.3f}"


def parser_of(describe, sections, work, quick):
    """The options that every benchmark has; `work` is its folder under build/, `quick` what --quick does."""
    parser = argparse.ArgumentParser(description=describe, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=quick)
    parser.add_argument("--work", default=os.path.join(ROOT, "build", work))
    parser.add_argument("--binary", default=os.path.join(ROOT, "build", "gcc", "tiersync"))
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(sections))
    return parser


def measure(bench, parser, sections, names):
    """The sections of those names, one after the other; then the end, with exit 1 if a bar was missed."""
    if not os.path.exists(bench.binary):
        subprocess.run([os.path.join(ROOT, "tools", "build"), "gcc"], check=True)
    for name in names:
        if name not in sections:
            parser.error(f"no section {name}; there are {', '.join(sections)}")
        sections[name](bench)
    sys.exit(1 if FAILED else 0)


def main(describe, kind, sections):
    parser = parser_of(describe, sections, "bench", "a tenth of the sizes; the bars are for the whole ones")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    shutil.rmtree(options.work, ignore_errors=True)
    measure(kind(options), parser, sections, options.sections or sections)
