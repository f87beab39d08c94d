"""The life of two offices, told once; at each step a case: what lies there, and the command that is then disturbed.

A verb that writes (its --help has --dry-run) and has no case here fails the test.
"""
import json
import os
import re
import shutil
import subprocess

import disk
import world

CITY = "430300000000"
COUNTY = "430321000000"
TOWN = "430321100000"
HUB = "ssh://hub"  # world.py says which store that is
MAIL = "dir:/proc/self/cwd/mail"  # absolute; and a world is laid down in many places
# What every verb that changes a repository calls at least once.
REPOSITORY = ("create", "write", "fsync", "rename", "close")
FINGERPRINT = re.compile(r"(?:\d{5}[ -]){7}\d{5}")


class Case:
    def __init__(self, name, words, state, must=REPOSITORY, exits=0, again=(), until=None, far=None, disturbed=None):
        self.name = name
        self.words = words
        self.state = state
        self.must = must  # kinds of calls that must be seen
        self.exits = exits  # exit code of an undisturbed run
        self.again = again  # exit codes allowed beside `exits` when everything was done before
        self.until = until  # the file that goes last: once it is gone, the same command means something new
        self.far = far  # the store that answers when this one calls
        self.disturbed = disturbed  # of the two stores that write in a call, the one whose calls are disturbed

    @property
    def verb(self):
        return verb_of(self.words)


def verb_of(words):
    return " ".join(word for word in words[:2] if not word.startswith("-") or word == "--version") \
        if words[0] in ("roster", "schema", "peer", "key", "findings") else words[0]


class Story:
    """Runs the commands one after the other and keeps a case of each that is given a name."""

    def __init__(self, program):
        self.program = program
        self.top = program.place()
        self.root = os.path.join(self.top, "world")
        os.mkdir(self.root)
        self.cases = []
        self.seed = 1000

    def close(self):
        shutil.rmtree(self.top)

    def write(self, name, text):
        with open(os.path.join(self.root, name), "w", encoding="utf-8") as file:
            file.write(text)

    def git(self, repository, *words):
        return subprocess.run(["git", "-C", os.path.join(self.root, repository)] + list(words), check=True,
                              capture_output=True, text=True).stdout.strip()

    def head(self, store):
        return self.git("%s/partitions/%s.git" % (store, TOWN), "rev-parse", "main")

    def do(self, *words, exits=0):
        """Run it."""
        self.seed += 1
        answer = self.program.run(self.root, list(words), seed=self.seed)
        if answer.code != exits:
            raise SystemExit("the story breaks off: exit %d of tiersync %s\n%s%s" %
                             (answer.code, " ".join(words), answer.out, answer.err))
        return answer

    def case(self, name, keep, *words, **terms):
        """A case, without running it. `keep`: the names that the command needs."""
        state = disk.below(disk.load(self.root), keep.split())
        self.cases.append(Case(name, list(words), state, **terms))

    def step(self, name, keep, *words, **terms):
        """A case, and then it is run for the rest of the story."""
        self.case(name, keep, *words, **terms)
        return self.do(*words, exits=terms.get("exits", 0))


def rows(first, count, phone):
    return "case_no,phone,income\n" + "".join("C%d,%s%02d,%d\n" % (i, phone, i, 100 * i) for i in range(first, first + count))


def enrolment(story, source):
    shutil.copy(os.path.join(source, "kind.json"), os.path.join(story.root, "kind.json"))
    init = ("create", "write", "fsync", "rename", "close", "mkdir", "link", "unlink")
    city = story.step("init --root", "", "init", "--store", "city", "--node", CITY, "--level", "city", "--name", "湘潭市",
                      "--root", must=init, again=(3,))
    root = FINGERPRINT.search(city.out).group(0)
    story.step("schema add", "city kind.json", "schema", "add", "--store", "city", "kind.json")
    story.step("init", "", "init", "--store", "town", "--node", TOWN, "--level", "township", "--name", "易俗河镇", must=init,
               again=(3,))
    card = story.step("request", "town", "request", "--store", "town", "--out", "town.card")
    spoken = FINGERPRINT.search(card.out).group(0)
    story.step("enrol", "city town.card", "enrol", "--store", "city", "town.card", "--fingerprint", spoken, "--out",
               "town.answer")
    story.step("accept", "town town.answer", "accept", "--store", "town", "town.answer", "--root", root,
               must=REPOSITORY + ("mkdir", "link", "unlink"))
    os.mkdir(os.path.join(story.root, "mail"))
    story.step("peer add", "town", "peer", "add", "--store", "town", CITY, MAIL)
    story.do("peer", "add", "--store", "city", TOWN, MAIL)
    story.case("peer remove", "town", "peer", "remove", "--store", "town", CITY, again=(3,))


def desk(story):
    story.write("rows.csv", rows(1, 4, "1990000"))
    story.step("import", "town rows.csv", "import", "--store", "town", "--kind", "case", "rows.csv")
    story.write("more.csv", rows(3, 4, "1990001"))
    story.write("bad.csv", rows(3, 2, "1990001") + "C9,1990000,much\n")
    story.write("full.csv", rows(2, 3, "1990000"))
    story.case("import more", "town more.csv", "import", "--store", "town", "--kind", "case", "more.csv")
    story.case("import --skip-bad", "town bad.csv", "import", "--store", "town", "--kind", "case", "bad.csv", "--skip-bad",
               "bad.out", exits=7)
    story.case("import --full", "town full.csv", "import", "--store", "town", "--kind", "case", "full.csv", "--full",
               "--allow-removals", "1")
    story.case("add", "town", "add", "--store", "town", "--kind", "case", "case_no=C50", "phone=19900000050", again=(3,))
    story.case("set", "town", "set", "--store", "town", "case_no=C1", "phone=19900000051")
    story.case("remove", "town", "remove", "--store", "town", "case_no=C2", again=(3,))
    story.case("roster export-signers", "town", "roster", "export-signers", "--store", "town", "--out", "signers")
    story.case("backup", "town", "backup", "--store", "town", "copy", must=("create", "write", "fsync", "rename", "mkdir"),
               again=(3,))
    story.do("backup", "--store", "town", "kept")
    story.case("restore", "kept", "restore", "--store", "back", "kept", must=("create", "write", "fsync", "rename", "mkdir"),
               again=(3,))
    shutil.rmtree(os.path.join(story.root, "kept"))
    story.case("fsck", "town", "fsck", "--store", "town", must=())


def first_call(story):
    """The first one: the city gets the township's partition, the township the city's. The story goes on from before it."""
    before = disk.load(story.root)
    story.do("add", "--store", "city", "--kind", "case", "case_no=Z1", "phone=19900000099")
    calls(story, "first sync over ssh")
    shutil.rmtree(story.root)
    disk.store(before, story.root)


def exchange(story):
    story.case("bundle", "town", "bundle", "--store", "town", "--to", CITY, "--out", "up.tsb")
    story.case("bundle --full", "town", "bundle", "--store", "town", "--to", CITY, "--out", "up.tsb", "--full")
    story.step("sync, sends the first", "town mail", "sync", "--store", "town", must=REPOSITORY + ("mkdir",))
    bundle = [name for name in os.listdir(os.path.join(story.root, "mail", CITY)) if name.endswith(".tsb")][0]
    shutil.copy(os.path.join(story.root, "mail", CITY, bundle), os.path.join(story.root, "first.tsb"))
    story.case("take the first", "city first.tsb", "take", "--store", "city", "first.tsb")
    story.case("answer", "city first.tsb", "answer", "--store", "city", "first.tsb", "--out", "down.tsb")
    story.step("sync, takes the first", "city mail", "sync", "--store", "city")
    story.step("sync, takes the receipt", "town mail", "sync", "--store", "town")
    story.do("set", "--store", "town", "case_no=C1", "phone=19900000061")
    story.do("sync", "--store", "town")
    story.case("sync, takes one edit", "city mail", "sync", "--store", "city")
    story.do("sync", "--store", "city")
    story.case("sync, nothing new", "town mail", "sync", "--store", "town")
    story.do("sync", "--store", "town")


def large_night(story):
    """More rows than one thread reads alone. The story goes on from before it."""
    before = disk.load(story.root)
    for round in ("7", "8"):
        story.write("night.csv", rows(300, 100, "199000" + round))
        story.do("import", "--store", "town", "--kind", "case", "night.csv")
        if round == "7":
            for store in ("town", "city", "town"):
                story.do("sync", "--store", store)
    story.do("bundle", "--store", "town", "--to", CITY, "--out", "night.tsb")
    story.case("take, a large night", "city night.tsb", "take", "--store", "city", "night.tsb")
    shutil.rmtree(story.root)
    disk.store(before, story.root)


def door(story):
    """More than 20 records and 10 % removed: held until a person says yes or no."""
    story.write("many.csv", rows(100, 30, "1990002"))
    story.do("import", "--store", "town", "--kind", "case", "many.csv")
    story.do("sync", "--store", "town")
    story.do("sync", "--store", "city")
    story.do("sync", "--store", "town")
    story.write("few.csv", rows(100, 4, "1990002"))
    story.do("import", "--store", "town", "--kind", "case", "few.csv", "--full", "--allow-removals", "40")
    story.do("bundle", "--store", "town", "--to", CITY, "--out", "held.tsb")
    story.step("take, held", "city held.tsb", "take", "--store", "city", "held.tsb", exits=7)
    story.case("approve", "city", "approve", "--store", "city", "1", again=(3,))
    story.case("approve --reject", "city", "approve", "--store", "city", "1", "--reject", "--reason", "ASK", again=(3,))
    story.do("approve", "--store", "city", "1")


def both_sides(story):
    """The two write one field; a right is withdrawn while the other does not know it yet."""
    story.step("roster delegate", "city", "roster", "delegate", "--store", "city", TOWN, "--kind", "case", "--field", "grant")
    story.do("sync", "--store", "city")
    story.do("sync", "--store", "town")
    story.do("set", "--store", "town", "case_no=C100", "phone=19900000071")
    story.do("set", "--store", "city", "case_no=C100", "phone=19900000072")
    story.do("set", "--store", "town", "case_no=C101", "grant=500")
    story.step("roster withdraw", "city", "roster", "withdraw", "--store", "city", TOWN, "--kind", "case", "--field", "grant",
               "--hard")
    story.do("sync", "--store", "town")
    story.step("sync, merges and corrects", "city mail", "sync", "--store", "city")
    if "phone" not in story.do("conflicts", "--store", "city").out:
        raise SystemExit("the story breaks off: no conflict came of it")
    story.case("resolve", "city", "resolve", "--store", "city", "case_no=C100", "--field", "phone", "--reason", "OK", "--take",
               "city", again=(3,))
    answers = story.do("conflicts", "--store", "city", "--csv").out
    header, *lines = answers.splitlines()
    at = header.lstrip("\ufeff").split(",").index("answer")
    story.write("answers.csv", "\n".join([header] + [answered(line, at) for line in lines if "phone" in line]) + "\n")
    story.step("resolve --file", "city answers.csv", "resolve", "--store", "city", "--file", "answers.csv",
               again=(3, 7))
    story.step("sync, takes a merge", "town mail", "sync", "--store", "town")


def calls(story, name):
    """One call by ssh, disturbed at either end."""
    story.do("peer", "add", "--store", "town", CITY, HUB)
    for side, store in (("the caller", "town"), ("who answers", "city")):
        story.case("%s, %s" % (name, side), "town city", "sync", "--store", "town", far="city", disturbed=store)


def call(story):
    """Rows go up, a merge, a decision and receipts come down. The story goes on from before it."""
    before = disk.load(story.root)
    story.do("set", "--store", "town", "case_no=C102", "phone=19900000065")
    story.do("set", "--store", "city", "case_no=C102", "phone=19900000066")
    story.do("sync", "--store", "town")
    story.do("sync", "--store", "city")
    story.do("resolve", "--store", "city", "case_no=C102", "--field", "phone", "--reason", "OK", "--take", "city")
    story.do("set", "--store", "city", "case_no=C101", "income=400")
    story.write("new.csv", rows(200, 5, "1990006"))
    story.do("import", "--store", "town", "--kind", "case", "new.csv")
    calls(story, "sync over ssh")
    shutil.rmtree(story.root)
    disk.store(before, story.root)


def answered(line, at):
    cells = line.split(",")
    cells[at:at + 2] = ["take city", "OK"]
    return ",".join(cells)


def found(story):
    """Two records that may not agree: found by the city, explained by the township, gone again."""
    for number in (101, 103):
        story.do("set", "--store", "town", "case_no=C%d" % number, "income=777", "phone=19900000090")
    story.do("sync", "--store", "town")
    story.step("sync, finds", "city mail", "sync", "--store", "city")
    story.do("sync", "--store", "town")
    listed = story.do("findings", "--store", "town", "--json").out
    ids = re.findall(r'"type":"finding","id":"([0-9a-f]{32})"', listed)
    if len(ids) != 2:
        raise SystemExit("the story breaks off: two findings were due\n" + listed)
    story.case("findings explain", "town", "findings", "explain", "--store", "town", ids[0], "--reason", "OK", "--note", "why",
               again=(3,))
    story.do("set", "--store", "city", "case_no=C103", "phone=19900000091")
    story.step("findings check", "city", "findings", "check", "--store", "city")


def offices(story):
    """New keys, lost keys; and a county of which there are two."""
    story.write(world.PASSPHRASE, "secret\n")
    story.case("key passphrase", "town passphrase", "key", "passphrase", "--store", "town", again=(2,),
               must=("create", "write", "rename"))
    story.step("key backup", "town passphrase", "key", "backup", "--store", "town", "keys", again=(3,),
               must=("create", "write", "fsync"))
    story.case("restore, keys", "keys passphrase", "restore", "keys", "--store", "again")
    os.remove(os.path.join(story.root, world.PASSPHRASE))
    story.case("roster rotate", "town", "roster", "rotate", "--store", "town", until="town/keys/next.key")
    story.case("roster revoke", "city", "roster", "revoke", "--store", "city", TOWN, "--reason", "LOST", again=(3,))
    story.do("init", "--store", "audit", "--node", CITY + ".audit", "--level", "auditor", "--name", "审计")
    story.do("request", "--store", "audit", "--out", "audit.card")
    story.step("roster grant", "city audit.card", "roster", "grant", "--store", "city", "audit.card", "--read", "--out",
               "audit.answer")
    story.case("accept, an auditor", "audit audit.answer", "accept", "--store", "audit", "audit.answer")
    story.case("roster grant, less", "city", "roster", "grant", "--store", "city", CITY + ".audit", "--out", "audit.answer")
    story.do("init", "--store", "county", "--node", COUNTY, "--level", "county", "--name", "湘潭县")
    story.do("request", "--store", "county", "--out", "county.card")
    story.do("enrol", "--store", "city", "county.card", "--out", "county.answer")
    story.do("accept", "--store", "county", "county.answer")
    shutil.copytree(os.path.join(story.root, "county"), os.path.join(story.root, "clone"))
    for store, code in (("county", "430321101000"), ("clone", "430321102000")):
        story.do("init", "--store", "new-" + store, "--node", code, "--level", "township", "--name", "新")
        story.do("request", "--store", "new-" + store, "--out", "new.card")
        story.do("enrol", "--store", store, "new.card", "--out", "new.answer")
        story.do("bundle", "--store", store, "--to", CITY, "--out", store + ".tsb")
    story.do("take", "--store", "city", "county.tsb")
    story.step("take, a contradiction", "city clone.tsb", "take", "--store", "city", "clone.tsb")
    names = story.git("city/node.git", "ls-tree", "-r", "--name-only", "main", "roster/" + COUNTY + "/")
    number = [name.rsplit("/", 1)[-1] for name in names.split()][-1]
    story.case("roster settle", "city", "roster", "settle", "--store", "city", COUNTY, number.split("-")[1],
               again=(3,))


def stolen(story):
    """An edit that a key signed which was revoked meanwhile comes in the bundle of its office: refused, and kept aside."""
    town, old = (os.path.join(story.root, name) for name in ("town", "old"))
    listed = story.do("roster", "list", "--store", "city", "--json").out
    key = [json.loads(line)["key"] for line in listed.splitlines() if json.loads(line).get("node") == TOWN][0]
    shutil.copytree(town, old)
    story.do("set", "--store", "old", "case_no=C103", "phone=19900000099")
    story.do("roster", "rotate", "--store", "town")
    story.do("sync", "--store", "town")
    story.do("sync", "--store", "city")
    story.do("roster", "revoke", "--store", "city", TOWN, "--reason", "LOST", "--key", key)
    repository = os.path.join("partitions", TOWN + ".git")
    shutil.rmtree(os.path.join(town, repository))
    shutil.copytree(os.path.join(old, repository), os.path.join(town, repository))
    story.do("bundle", "--store", "town", "--to", CITY, "--out", "refused.tsb")
    story.step("take, refused", "city refused.tsb", "take", "--store", "city", "refused.tsb", exits=7)


def care(story):
    story.do("set", "--store", "town", "case_no=C102", "phone=19900000081")
    story.case("revert", "town", "revert", "--store", "town", story.head("town"), again=(3,))
    story.case("gc", "town", "gc", "--store", "town", must=REPOSITORY + ("unlink",))
    for number in range(40):
        before = packs(story)
        story.case("set, joins packs", "town", "set", "--store", "town", "case_no=C100", "phone=199000001%02d" % number,
                   must=REPOSITORY + ("unlink",))
        story.do("set", "--store", "town", "case_no=C100", "phone=199000001%02d" % number)
        if packs(story) < before:
            return
        story.cases.pop()
    raise SystemExit("no packs were joined in 40 edits")


def packs(story):
    directory = os.path.join(story.root, "town", "partitions", TOWN + ".git", "objects", "pack")
    return sum(name.endswith(".pack") for name in os.listdir(directory))


def tell(program, source):
    story = Story(program)
    try:
        enrolment(story, source)
        desk(story)
        first_call(story)
        exchange(story)
        large_night(story)
        door(story)
        both_sides(story)
        call(story)
        care(story)
        found(story)
        offices(story)
        stolen(story)
        return story.cases
    finally:
        story.close()


def writing_verbs(program, root):
    """From the command's own table: those whose help knows --dry-run."""
    found = []
    for line in program.run(root, ["--help"]).out.splitlines():
        match = re.match(r"  (\S+(?: \S+)?) {2,}\S", line)
        if match and "--dry-run" in program.run(root, match.group(1).split() + ["--help"]).out:
            found.append(match.group(1))
    if len(found) < 10:
        raise SystemExit("the table of verbs cannot be read from --help: %s" % found)
    return found
