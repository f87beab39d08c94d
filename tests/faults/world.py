"""Running tiersync under the shim, and saying what is wrong with what it left."""
import ctypes
import json
import os
import re
import shutil
import subprocess
import tempfile
import time

import disk

HERE = os.path.dirname(os.path.abspath(__file__))

LEFT_OVER = re.compile(r"_git2_|\.lock$|tiersync-tmp|tmp_tiersync_|\.orig$")
CACHE = re.compile(r"/tiersync-(keys|generations|state|changes)")  # may be deleted at any time, and written by any run
ALONE = " (alone)"
OWN_LOCK = "tiersync.lock"
PASSPHRASE = "passphrase"  # a world with such a file gives it to every command
SEED = 1
SEED_AGAIN = 2  # a second run draws other random bytes, as in life
DIRECTED = ("kill", "fail", "stop", "memory", "count")  # faults of one of the two programs of a call
FAR_KILLED = "the far end was killed"  # tests/faults/ssh
PATIENCE = 60  # for a far end whose caller is gone
PR_SET_CHILD_SUBREAPER = 36


class Result:
    def __init__(self, code, out, err):
        self.code = code
        self.out = out
        self.err = err


def orphans_end():
    """Wait for what the killed have left running, which is ours now. False: it does not end."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.001)
        except ChildProcessError:
            return True
    return False


class Program:
    """The files under test, and a place for scratch directories. `oom`: tiersync around allocations that may fail."""

    def __init__(self, tiersync, shim, oom, scratch):
        self.tiersync = tiersync
        self.oom = oom
        self.shim = shim
        self.scratch = scratch
        self.runs = 0
        os.umask(disk.UMASK)

    def start(self, root, words, seed=SEED, far=None, at_far=False, line=(), kept="", **faults):
        """`far`: the store of the office that is called. `at_far`: what goes wrong goes wrong there. `line`, `kept`: FAR_LINE and
        FAR_MARK of tests/faults/ssh."""
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC", "LD_PRELOAD": self.shim,
               "FAULTS_ROOT": root, "FAULTS_SEED": str(seed)}
        if os.path.exists(os.path.join(root, PASSPHRASE)):
            env["TIERSYNC_PASSPHRASE_FILE"] = PASSPHRASE
        for name, value in faults.items():
            env[("FAR_" if at_far and name in DIRECTED else "FAULTS_") + name.upper()] = value
        here, there = [self.oom if "memory" in faults and at_far == is_far else self.tiersync for is_far in (False, True)]
        if far is not None:
            env.update({"TIERSYNC_SSH": os.path.join(HERE, "ssh"), "FAR_OFFICE": far, "FAR_PROGRAM": there,
                        "FAR_LINE": " ".join(str(word) for word in line), "FAR_MARK": kept})
        self.runs += 1
        return subprocess.Popen([here] + words, cwd=root, env=env, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, root, words, seed=SEED, far=None, **faults):
        if far is not None:
            ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        process = self.start(root, words, seed, far, **faults)
        try:
            out, err = process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            err += b"\n(hung)"
        if far is not None and not orphans_end():
            err += b"\n(the far end hung)"
        return Result(process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))

    def place(self):
        return tempfile.mkdtemp(prefix="w", dir=self.scratch)


class Place:
    """A state laid down in a directory of its own, for one or a few commands."""

    def __init__(self, program, state):
        self.program = program
        self.top = program.place()
        self.root = os.path.join(self.top, "world")
        disk.store(state, self.root)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        shutil.rmtree(self.top)

    def run(self, words, **faults):
        return self.program.run(self.root, words, **faults)

    def run_logged(self, words, **faults):
        """The result, the calls, and the model of the disk as it was before."""
        log = os.path.join(self.top, "log")
        if os.path.exists(log):
            os.remove(log)  # the programs of a run append to it
        model = disk.Disk(self.root)
        result = self.program.run(self.root, words, log=log, **faults)
        return result, disk.calls(log), model

    def state(self):
        return disk.load(self.root)


def stores_of(state):
    """A backup in the making has a temporary name and is none yet."""
    return sorted(path[:-len("/format")] for path in state
                  if path.endswith("/format") and path.count("/") == 1 and "tiersync-tmp" not in path)


def repositories_of(state):
    return sorted(path[:-len("/HEAD")] for path in state if path.endswith(".git/HEAD") and "tiersync-tmp" not in path)


def heads_of(state):
    """The head of every repository that has one."""
    heads = {}
    for repository in repositories_of(state):
        item = state.get(repository + "/refs/heads/main")
        heads[repository] = item[2].decode().strip() if item else ""
    return heads


def two_heads(state, stores):
    """The partitions that two offices hold with different heads."""
    one, other = ({path.split("/", 1)[1]: head for path, head in heads_of(state).items() if path.startswith(store + "/partitions/")}
                  for store in stores)
    return ["two heads of " + path for path in sorted(set(one) & set(other)) if one[path] != other[path]]


def left_over(state):
    """What no finished run may leave lying about."""
    found = [path for path in state if LEFT_OVER.search(path.rsplit("/", 1)[-1]) and not path.endswith("/" + OWN_LOCK)]
    for path in state:
        if "/objects/pack/" in path and path.endswith((".idx", ".pack")):
            other = path[:-4] + ".pack" if path.endswith(".idx") else path[:-5] + ".idx"
            if other not in state:
                found.append(path + ALONE)
        if re.search(r"/(held|refused)/[^/]*\.(tsb|txt)$", path):
            if path[:-3] + ("txt" if path.endswith("tsb") else "tsb") not in state:
                found.append(path + ALONE)
    return found


class Judge:
    """Checks of whole states; what was judged once is remembered by content."""

    def __init__(self, program):
        self.program = program
        self.verdicts = {}
        self.tales = {}

    def wrong(self, state):
        """What readers, fsck and git's fsck say against it."""
        key = disk.digest(state)
        if key not in self.verdicts:
            with Place(self.program, state) as place:
                self.verdicts[key] = self._wrong(place, state)
        return self.verdicts[key]

    def _wrong(self, place, state):
        found = []
        for repository in repositories_of(state):
            if repository + "/config" not in state or not repository.startswith(tuple(stores_of(state))):
                continue
            answer = subprocess.run(["git", "-C", os.path.join(place.root, repository), "fsck", "--strict", "--no-dangling"],
                                    capture_output=True, check=False, text=True,
                                    env={"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "HOME": "/nowhere"})
            if answer.returncode != 0:
                found.append("git fsck of %s: %s" % (repository, (answer.stdout + answer.stderr).strip()))
        for name in stores_of(state):
            for word in ("list", "status", "audit", "fsck"):
                answer = place.run([word, "--store", name])
                if answer.code != 0 and "not enrolled" not in answer.err:
                    found.append("%s of %s: exit %d: %s%s" % (word, name, answer.code, answer.out, answer.err))
        return found

    def tale(self, state):
        """What the offices say of themselves, without anything that two good runs may do differently."""
        key = disk.digest(state)
        if key not in self.tales:
            with Place(self.program, state) as place:
                self.tales[key] = {name: self._tale(place, state, name) for name in stores_of(state)}
        return self.tales[key]

    def _tale(self, place, state, name):
        tale = {}
        for word in (["peer", "list"], ["schema", "list"], ["roster", "list"], ["held"], ["refused"], ["findings", "--all"], ["list"],
                     ["audit"]):
            answer = place.run(word + ["--store", name, "--json"])
            tale[" ".join(word)] = (answer.code, sorted(steady(answer.out)))
        for repository in repositories_of(state):
            if repository.startswith(name + "/partitions/"):
                count = subprocess.run(["git", "-C", os.path.join(place.root, repository), "rev-list", "--count", "HEAD"],
                                       capture_output=True, check=False, text=True)
                tale[repository] = count.stdout.strip() or "no commit"
        return tale


HEX = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")
# What differs from one good run to the next: ids and digests, times, how many files and bytes.
UNSTEADY = ("id", "head", "digest", "time", "number", "bundle", "receipts", "checkpoints", "node_commits")


def steady(lines):
    out = []
    for line in lines.splitlines():
        try:
            answer = json.loads(line)
        except ValueError:
            out.append(line)
            continue
        out.append(json.dumps(without(answer), sort_keys=True, ensure_ascii=False))
    return out


def without(value):
    if isinstance(value, dict):
        return {key: without(item) for key, item in value.items() if key not in UNSTEADY}
    if isinstance(value, list):
        return [without(item) for item in value]
    return "HEX" if isinstance(value, str) and HEX.fullmatch(value) else value
