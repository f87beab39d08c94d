"""What the benchmarks share: offices made by the real command, whole commands timed with their memory, and lines with a verdict."""
import argparse
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
            process = subprocess.Popen(command, stdin=stdin or subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
                                       preexec_fn=limit if descriptors else None)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        elapsed = time.perf_counter() - start
        with open(self.path("said"), encoding="utf-8", errors="replace") as said:
            text = said.read()
        if process.returncode not in codes:
            sys.exit(f"bench: exit {process.returncode} of {' '.join(command)}\n{text}")
        return elapsed, usage.ru_maxrss / 1024, text

    def tiersync(self, *arguments, **more):
        return self.run(self.binary, *arguments, **more)

    def fresh(self, *names):
        shutil.rmtree(self.path(*names), ignore_errors=True)
        return self.path(*names)

    def root(self):
        """A city with the kinds, made once."""
        store = self.path("city")
        if not os.path.exists(store):
            _, _, said = self.tiersync("init", "--store", store, "--node", CITY, "--level", "city", "--name", "湘潭市", "--root")
            with open(self.path("root"), "w", encoding="utf-8") as file:
                file.write(fingerprint(said))
            files = [os.path.join(ROOT, "schema", folder, name) for folder in ("kinds", "codes")
                     for name in sorted(os.listdir(os.path.join(ROOT, "schema", folder)))]
            self.tiersync("schema", "add", "--store", store, *files)
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


def report(what, ours, peer, ratio, bar, holds):
    if not holds:
        FAILED.append(what)
    print(f"{what:<34} {ours:>16} {peer:>22}  ratio {ratio:8.3f}  {bar:<14} {'holds' if holds else 'MISSED'}", flush=True)


def spread(values):
    return f"{statistics.median(values):.3f} s ±{(max(values) - min(values)) / 2:.3f}"


def main(describe, kind, sections):
    parser = argparse.ArgumentParser(description=describe, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the sizes; the bars are for the whole ones")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--work", default=os.path.join(ROOT, "build", "bench"))
    parser.add_argument("--binary", default=os.path.join(ROOT, "build", "gcc", "tiersync"))
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(sections))
    options = parser.parse_args()
    if not os.path.exists(options.binary):
        subprocess.run([os.path.join(ROOT, "tools", "build"), "gcc"], check=True)
    shutil.rmtree(options.work, ignore_errors=True)
    bench = kind(options)
    for name in options.sections or sections:
        if name not in sections:
            parser.error(f"no section {name}; there are {', '.join(sections)}")
        sections[name](bench)
    sys.exit(1 if FAILED else 0)
