#!/usr/bin/env python3
"""Every time limit of the shipped kinds: a record whose last day in time is known, is due on it, and late on the next.

  limits.py TIERSYNC STORE SOURCE

Most end on Wednesday, 28 March 2018; the days before were counted by hand from the calendar (Spring Festival off to 21 February, the 11th and the
24th worked). The store has that calendar, and of policy only the rows below. A limit of a shipped kind without a case here fails too.
"""
import json
import subprocess
import sys

sys.dont_write_bytecode = True
from rules import ALWAYS, Kinds  # noqa: E402

LAST = "2018-03-28"
BEFORE = {1: "2018-03-27", 3: "2018-03-23", 5: "2018-03-21", 10: "2018-03-14", 15: "2018-03-07", 30: "2018-02-09", 45: "2018-01-19"}
DAYS_5, DAYS_30, DAYS_60 = "2018-03-23", "2018-02-26", "2018-01-27"
ROWS = [("change_event", "apply", 5, "working_days"), ("dis_allowance", "township", 5, "working_days"), ("dis_allowance", "dpf", 5, "working_days"),
        ("dis_allowance", "county", 5, "working_days"), ("economy_check", "report", 5, "working_days"), ("fund_flow", "disaster", 5, "days"),
        ("illness_case", "treat", 5, "days"), ("med_aid", "township", 5, "working_days"), ("med_aid", "county", 5, "working_days"),
        ("special_aid", "accept", 5, "working_days"), ("special_aid", "told", 5, "working_days"), ("ta_case", "pay_first", 24, "hours"),
        ("ta_case", "paperwork", 5, "working_days"), ("ta_case", "decide", 5, "working_days"), ("ta_case", "pay", 5, "working_days")]


def morning(day):
    return day + "T09:00:00+08:00"


CHILD = {"accept_date": "2018-01-03"}
AGED = {"no_labor_basis": "9"}
# kind: limit: the record; "last": another last day; "early": what is done too early, and by then in time
LIMITS = {
    "aid_ticket": {
        "route": {"status": "opened", "first_asked": "陈立", "route": "3", "opened_at": morning(BEFORE[1])},
        "answer": {"status": "accepted", "routed_at": morning(BEFORE[5])},
        "due": {"status": "accepted", "due_date": LAST},
        "reroute": {"status": "returned", "returned_reason": "不属本部门", "returned_at": morning(BEFORE[1])},
        "tell": {"status": "done", "result": "已办", "done_at": morning(BEFORE[1])},
    },
    "change_event": {"apply": {"status": "proposed", "report_date": BEFORE[5]}},
    "child_case": {"township": {"status": "verified", "accept_date": BEFORE[15]},
                   "county": {**CHILD, "status": "submitted", "verify_date": "2018-01-09", "submit_date": BEFORE[15]}},
    "coordination_case": {"act": {"status": "decided", "due_date": LAST}},
    "dis_allowance": {
        "township": {"status": "accepted", "accept_date": BEFORE[5]},
        "dpf": {"status": "dpf_review", "first_review_date": BEFORE[5]},
        "county": {"status": "submitted", "dpf_opinion_date": BEFORE[5]},
        "certificate": {"status": "active", "nursing_on": True, "nursing_basis": "1", "cert_valid_to": LAST},
    },
    "disaster_case": {
        "move_in": {"status": "approved", "decision": "1", "decision_date": "2017-10-10", "aid_stage": "3", "rooms_collapsed": 1, "last": "2018-02-15"},
        "winter_list": {"status": "nominated", "aid_stage": "4", "nominate_date": "2018-09-01", "last": "2018-10-31"},
        "deadline": {"status": "approved", "decision": "1", "decision_date": "2017-10-10", "aid_stage": "3", "rooms_collapsed": 1, "deadline": LAST},
    },
    "economy_check": {"start": {"status": "requested", "requested_at": morning(BEFORE[3])},
                      "report": {"status": "started", "started_at": morning(BEFORE[5])}},
    "fund_flow": {
        "split_central": {"status": "received", "fund_kind": "1", "received_date": DAYS_30},
        "split_general": {"status": "received", "fund_kind": "2", "budget_date": DAYS_30},
        "split_special": {"status": "received", "fund_kind": "3", "budget_date": DAYS_60},
        "disaster": {"status": "received", "fund_kind": "4", "received_date": DAYS_5},
        "due": {"status": "received", "due_date": LAST},
    },
    "illness_case": {"treat": {"treat_status": "confirmed", "confirmed_date": DAYS_5}},
    "lbc_child": {"visit": {"status": "registered", "contact_cycle_days": 30, "last_visit_date": DAYS_30}},
    "low_income_cert": {
        "whole": {"status": "submitted", "accept_date": BEFORE[30]},
        "whole_complex": {"status": "submitted", "is_complex": True, "accept_date": BEFORE[45]},
        "renewal": {"status": "approved", "decision": "1", "decision_date": "2017-03-29", "low_kind": "4", "valid_from": "2017-03-29", "valid_to": LAST},
    },
    "med_aid": {"township": {"status": "accepted", "accept_date": BEFORE[5]}, "county": {"status": "submitted", "submit_date": BEFORE[5]}},
    "mla_case": {
        "survey": {"status": "accepted", "accept_date": BEFORE[3]},
        "notice": {"status": "notice", "notice_from": "2018-03-21", "notice_to": LAST, "early": {"notice_to": "2018-03-27"}},
        "county": {"status": "county_review", "submit_date": BEFORE[10]},
        "told": {"status": "refused", "decision": "2", "refuse_reason": "1", "decision_date": BEFORE[3]},
        "whole": {"status": "opinion", "accept_date": BEFORE[30]},
        "whole_complex": {"status": "opinion", "is_complex": True, "accept_date": BEFORE[45]},
        "review": {"status": "active", "review_cycle_month": 12, "last_review_date": "2017-03-28"},
        "grace": {"status": "grace", "grace_to": "2018-03", "last": "2018-03-31"},
    },
    "payment": {"pay": {"pay_status": "2", "period": "2018-03", "last": "2018-03-10"}},
    "review": {"review": {"status": "planned", "due_month": "2018-03", "last": "2018-03-31"},
               "after_death": {"status": "planned", "due_month": "2018-05", "after_death": True, "death_date": "2017-12-28"}},
    "safety_check": {"rectify": {"status": "open", "hazard_no": 1, "hazard_level": "1", "hazard_kind": "1", "rectify_due": LAST}},
    "service_contract": {"accept": {"status": "running", "period_to": LAST}},
    "special_aid": {"accept": {"status": "referred", "referred_at": morning(BEFORE[5])}, "done": {"status": "accepted", "due_date": LAST},
                    "told": {"status": "done", "result": "已办", "done_date": BEFORE[5]}},
    "ta_case": {
        "pay_first": {"status": "reported", "path": "1", "ta_kind": "1", "reported_at": LAST + "T22:00:00+08:00", "due": "2018-03-29T22:00:00+08:00"},
        "paperwork": {"status": "paid_first", "path": "1", "ta_kind": "1", "paid_at": morning(BEFORE[5])},
        "decide": {"status": "checked", "ta_kind": "2", "accept_date": BEFORE[5]},
        "pay": {"status": "approved", "ta_kind": "2", "decision": "1", "decision_date": BEFORE[5]},
    },
    "tk_case": {
        "township": {**AGED, "status": "surveying", "accept_date": BEFORE[15]},
        "notice": {**AGED, "status": "notice", "notice_from": "2018-03-21", "notice_to": LAST, "early": {"notice_to": "2018-03-27"}},
        "objection": {**AGED, "status": "objection", "objection_date": BEFORE[15]},
        "county": {**AGED, "status": "submitted", "submit_date": BEFORE[15]},
        "told": {**AGED, "status": "refused", "decision": "2", "refuse_reason": "1", "decision_date": BEFORE[3]},
        "reassess": {**AGED, "status": "reassess", "reassess_report_date": BEFORE[10]},
        "ending_notice": {**AGED, "status": "ending_notice", "ending_notice_from": "2018-03-21", "ending_notice_to": LAST,
                          "early": {"ending_notice_to": "2018-03-27"}},
        "ending_objection": {**AGED, "status": "ending_notice", "ending_objection_date": BEFORE[15]},
    },
}


class Desk:
    def __init__(self, tiersync, store):
        self.tiersync, self.store, self.seen = tiersync, store, {}

    def run(self, *words):
        done = subprocess.run([self.tiersync, words[0], "--store", self.store, *words[1:]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode != 0:
            sys.exit(f"exit {done.returncode} of {' '.join(words)}\n{done.stdout.decode()}")
        return done.stdout.decode()

    def take(self, kind, rows):
        with open("rows.jsonl", "w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        self.run("import", "--kind", kind, "rows.jsonl")

    def due(self, day):
        """Of each (kind, key, limit) its state on a day, and the day that ends it."""
        if day not in self.seen:
            said = self.run("due", "--at", day, "--within", "400", "--json", "--show-personal")
            lines = [json.loads(line) for line in said.splitlines() if line.startswith('{"type":"due"')]
            self.seen[day] = {(line["kind"], line["key"], line["limit"]): (line["state"], line.get("due", "")) for line in lines}
        return self.seen[day]


def next_day(day):
    return {"2018-03-28": "2018-03-29", "2018-02-15": "2018-02-16", "2018-10-31": "2018-11-01", "2018-03-31": "2018-04-01",
            "2018-03-10": "2018-03-11"}[day]


def key_of(kind, row):
    return " ".join(str(row[name]) for name in kind["x-key"])


def judge(desk, name, key, limit, case):
    """What is wrong with a case; nothing if it is due on its last day and late on the next."""
    last = case.get("last", LAST)
    if "early" in case:
        got = [desk.due(last).get((name, words, limit), ("", ""))[0] for words in key]
        return [] if got[1] == "early" and got[0] != "early" else [f"{name}.{limit}: {got}, and the second is too early"]
    on, after = desk.due(last).get((name, key[0], limit)), desk.due(next_day(last)).get((name, key[0], limit))
    if on == ("due", case.get("due", last)) and after is not None and after[0] == "late":
        return []
    return [f"{name}.{limit}: {on} on {last}, {after} on the next day"]


def main():
    tiersync, store, source = sys.argv[1:]
    kinds, desk, wrong, laid = Kinds(source), Desk(tiersync, store), [], []
    ALWAYS.clear()
    desk.take("time_limit", [{"applies_to": kind, "limit": limit, "region": "430321000000", "valid_from": "2016-01-01", "amount": amount, "unit": unit}
                             for kind, limit, amount, unit in ROWS])
    for name, kind in kinds.kinds.items():
        limits = {limit["name"] for limit in kind.get("x-states", {}).get("limits", ())}
        wrong += [f"{name}: the limit {limit} has no case here" for limit in sorted(limits - set(LIMITS.get(name, {})))]
        rows = []
        for limit, case in LIMITS.get(name, {}).items():
            fields = {field: value for field, value in case.items() if field not in ("last", "due", "early")}
            variants = [kinds.record(name, fields, more) for more in ({}, *([case["early"]] if "early" in case else []))]
            rows += variants
            laid.append((name, [key_of(kind, row) for row in variants], limit, case))
        if rows:
            desk.take(name, rows)
    for name, key, limit, case in laid:
        wrong += judge(desk, name, key, limit, case)
    print("\n".join(wrong))
    print(f"{len(laid)} limits, {len(wrong)} wrong")
    return 1 if wrong or len(laid) < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
