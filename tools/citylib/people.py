"""Offices, persons and households of a city, and the rows that its offices will write. Nobody is real (see tools/generate)."""
import datetime
import importlib.machinery
import importlib.util
import os
import random
import sys

from days import NIGHTS, ROOT, day, days

sys.dont_write_bytecode = True
CITY = "430300000000"
MUCH_TRIED = 10000


def load_generate():
    loader = importlib.machinery.SourceFileLoader("generate", os.path.join(ROOT, "tools", "generate"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("generate", loader))
    loader.exec_module(module)
    return module


generate = load_generate()


class Person:
    def __init__(self, town, number, name, born, is_man, village):
        self.town, self.number, self.name, self.born, self.is_man, self.village = town, number, name, born, is_man, village
        self.household = None

    @property
    def age(self):
        return (NIGHTS[0] - self.born).days * 100 // 36525


class Town:
    """A township. Its persons have birthdays that no other township's have, so no citizen id comes about twice by chance."""

    def __init__(self, city, row, index, of):
        self.city, self.code, self.name, self.county = city, row["code"], row["name"], row["superior"]
        self.index, self.of = index, of
        self.rng = random.Random(f"{city.seed}/{self.code}")
        self.villages = city.villages.get(self.code) or [self.code]
        self.used, self.serials = set(), {}

    def serial(self, name):
        self.serials[name] = self.serials.get(name, 0) + 1
        return self.serials[name]

    def number(self, letter):
        """A number of a file, ticket or batch of this township."""
        return f"{self.code[:9]}{letter}2018{self.serial(letter):05d}"

    def person(self, low=20, high=59, is_recorded=True, night=1, **more):
        rng = self.rng
        youngest = days(NIGHTS[0], -366 * low).toordinal()
        oldest = days(NIGHTS[0], -365 * high).toordinal()
        for _ in range(MUCH_TRIED):
            ordinal = rng.randrange(oldest, youngest)
            ordinal -= (ordinal - self.index) % self.of
            key = (ordinal, rng.random() < 0.51, self.county[:6] if rng.random() < 0.4 else rng.choice(generate.COUNTIES))
            if key not in self.used:
                break
        else:
            sys.exit(f"tools/city: no birthday is left in {self.code}; ask for fewer persons")
        self.used.add(key)
        born, is_man = datetime.date.fromordinal(key[0]), key[1]
        person = Person(self, generate.citizen_id(key[2], born, is_man), generate.name_of(rng), born, is_man, rng.choice(self.villages))
        if is_recorded:
            self.record(person, night, **more)
        return person

    def record(self, person, night=1, **more):
        """The person's row in the register of this township (which need not be where the person was born in our tale)."""
        rng, age = self.rng, person.age
        row = {
            "id_number": person.number, "id_type": "1", "name": person.name, "gender": "1" if person.is_man else "2",
            "birth_date": day(person.born), "ethnicity": "01", "marital": "10" if age < 22 else rng.choice(("20", "30", "40")),
            "hukou_type": "1" if rng.random() < 0.9 else "2", "hukou_region": self.villages[0], "living_region": self.villages[0],
            "address": f"{self.name}{rng.choice(generate.STREETS)}组{rng.randrange(1, 200)}号",
            "phone": f"199000{rng.randrange(100000):05d}", "life_status": "1", "health": rng.choice(("10", "10", "30", "80")),
            "labor_capacity": "1" if 18 <= age < 60 else "3",
        }
        row.update(more)
        self.put("person", row, night)

    def household(self, persons, night=1, counted=None, **more):
        """A household of these persons, the first at its head. counted: who is (all of them when not given)."""
        number = f"{self.code[:9]}{self.serial('household'):06d}"
        rng = self.rng
        members = []
        for index, person in enumerate(persons):
            member = {"id_number": person.number, "relation": "02" if index == 0 else rng.choice(("10", "20", "30", "52")),
                      "counted": counted is None or person in counted}
            if not member["counted"]:
                member["exclude_reason"] = "4"
            members.append(member)
            if member["counted"]:
                person.household = number
        row = {
            "household_no": number, "head_id_number": persons[0].number, "members": members, "village_region": persons[0].village,
            "address": f"{self.name}{rng.choice(generate.STREETS)}组{rng.randrange(1, 200)}号", "housing_tenure": rng.choice("12359"),
            "wage_fen_year": rng.randrange(0, 30000) * 100, "deposit_fen": rng.randrange(0, 20000) * 100, "house_count": 1,
        }
        row.update(more)
        self.put("household", row, night)
        return number

    def single(self, low=20, high=59, **more):
        """A person with a household of one."""
        person = self.person(low, high, **more)
        self.household([person])
        return person

    def put(self, kind, row, night=1, step=0, by=None):
        """A row for a kind in this township's partition. by: who writes it (the township when not given)."""
        self.city.put(by or self.code, self.code, kind, row, night, step)

    def decide(self, kind, row, night=1, step=0):
        """The same, written by the county."""
        self.put(kind, row, night, step, by=self.county)


class City:
    def __init__(self, seed, codes):
        rows = generate.divisions()
        self.seed, self.rng = seed, random.Random(f"{seed}/city")
        self.names = {row["code"]: row["name"] for row in rows}
        self.villages = {}
        for row in rows:
            if row["level"] == "village":
                self.villages.setdefault(row["superior"], []).append(row["code"])
        towns = [row for row in rows if row["level"] == "township"]
        self.towns = [Town(self, row, index, len(towns)) for index, row in enumerate(towns) if not codes or row["code"] in codes]
        if codes and len(self.towns) != len(set(codes)):
            sys.exit("tools/city: not all of these are townships of schema/divisions: " + " ".join(codes))
        self.counties = sorted({town.county for town in self.towns})
        self.writes = {}
        self.truth = []
        self.acts = []
        self.turn = 0
        self.serials, self.priced = {}, set()

    def serial(self, name):
        self.serials[name] = self.serials.get(name, 0) + 1
        return self.serials[name]

    def town(self):
        """The next township in turn, so that what is planted lies all over the city."""
        self.turn += 1
        return self.towns[(self.turn * 7) % len(self.towns)] if len(self.towns) % 7 else self.towns[self.turn * 3 % len(self.towns)]

    def two(self, is_one_county=True):
        """Two townships, of one county or of two."""
        for _ in range(len(self.towns) + 1):
            first = self.town()
            others = [town for town in self.towns if town is not first and (town.county == first.county) == is_one_county]
            if others:
                return first, others[self.turn % len(others)]
        sys.exit("tools/city: needs two counties, one of them with two townships")

    def put(self, office, place, kind, row, night, step):
        """None: nothing is said of this field; an empty text clears it."""
        row = {name: value for name, value in row.items() if value is not None}
        self.writes.setdefault((night, step, office, place, kind), []).append(row)

    def roll(self, office, kind, row, night=1):
        """A row of an external roll, which a hub imports into its partition of rolls."""
        self.put(office, "rolls", kind, row, night, 0)

    def act(self, night, office, verb, **more):
        self.acts.append({"night": night, "office": office, "verb": verb, **more})

    def finds(self, rule, kind, key, town, states, about="", others=1, removed=0, fault=""):
        """The truth: a finding in this township on the record with this natural key, and its state after each night (None: not there).

        others: with how many other records it does not agree, each night if it differs; removed: the night that removes the record.
        """
        key = [key] if isinstance(key, str) else list(key)
        self.truth.append({"what": "finding", "fault": fault, "rule": rule, "kind": kind, "key": key, "about": about, "removed": removed,
                           "others": [others] * 3 if isinstance(others, int) else list(others),
                           "partition": town if isinstance(town, str) else town.code, "states": list(states)})

    def late(self, limit, kind, key, town, states, fault=""):
        """The truth: after each night this limit of this record is `late`, `early`, or neither (None)."""
        key = [key] if isinstance(key, str) else list(key)
        self.truth.append({"what": "due", "fault": fault, "limit": limit, "kind": kind, "key": key,
                           "partition": town if isinstance(town, str) else town.code, "states": list(states)})

    def lawful(self, what):
        """The truth: this only looks like a fault."""
        self.truth.append({"what": "lawful", "fault": what})
