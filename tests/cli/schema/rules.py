#!/usr/bin/env python3
"""Every rule inside a record of the shipped kinds, at the desk: a lawful record is taken, and one step away the rule refuses it by name.

  rules.py TIERSYNC STORE SOURCE

A rule of a shipped kind that has no case here fails too. Rules that only put two dates in order are laid from their names of fields.
"""
import json
import os
import subprocess
import sys

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
DECIDED = {"decision": "1", "decision_date": "2018-02-01"}
REFUSED = {"status": "refused", "decision": "2", "decision_date": "2018-02-01", "refuse_reason": "1"}
SURVEYED = {"survey_date": "2018-01-10", "surveyors": ["陈立", "赵静"]}
HANDS = ("selfcare_eat", "selfcare_dress", "selfcare_bed", "selfcare_toilet", "selfcare_walk", "selfcare_bath")


def able(count):
    return {name: index < count for index, name in enumerate(HANDS)}


# kind: [(rule, what is lawful, what breaks it on top: None takes the field away)]
CASE = [
    ("decided-is-signed", {"status": "approved", **DECIDED}, {"decision_date": None}),
    ("decided-is-signed", {"status": "approved", **DECIDED}, {"decision": "2", "refuse_reason": "1"}),
    ("refused-has-reason", REFUSED, {"refuse_reason": None}),
]
TWO = [("two-surveyors", SURVEYED, {"surveyors": ["陈立"]})]
VISITED = [("relative-is-visited", {"status": "approved", **DECIDED, "staff_relative": True, "sampled": True}, {"sampled": False})]
RULES = {
    "aid_ticket": [
        ("first-asked-is-named", {"status": "opened", "first_asked": "陈立"}, {"first_asked": None}),
        ("routed-to-a-department", {"status": "routed", "first_asked": "陈立", "route": "3", "to_depts": ["edu"]}, {"to_depts": None}),
        ("several-departments", {"status": "routed", "first_asked": "陈立", "route": "2", "to_depts": ["edu", "hou"]}, {"to_depts": ["edu"]}),
        ("done-has-result", {"status": "done", "result": "已办", "done_at": "2018-01-03T09:00:00+08:00"}, {"result": None}),
        ("told-is-timed", {"status": "told", "told_person_at": "2018-01-03T09:00:00+08:00"}, {"told_person_at": None}),
        ("returned-has-reason", {"status": "returned", "returned_reason": "不属本部门", "returned_at": "2018-01-03T09:00:00+08:00"},
         {"returned_reason": None}),
        ("rerouted-once", {"status": "rerouted", "reroute_count": 1}, {"reroute_count": 2}),
    ],
    "change_event": [
        ("two-files", {"old_case_no": "A", "new_case_no": "B"}, {"new_case_no": "A"}),
        ("applied-has-month", {"status": "applied", "effective_month": "2018-02", "applied_date": "2018-01-20", "old_case_no": "A", "new_case_no": "B"},
         {"effective_month": None}),
        ("new-file-after-death", {"change_kind": "HouseholdDeath", "status": "applied", "effective_month": "2018-02", "applied_date": "2018-01-20",
                                  "old_case_no": "A", "new_case_no": "B"}, {"new_case_no": None}),
    ],
    "child_case": [
        ("decided-is-signed", {"status": "confirmed", **DECIDED}, {"decision_date": None}),
        ("refused-has-reason", REFUSED, {"refuse_reason": None}),
        ("under-eighteen", {"child_id_number": "2010-05-01", "accept_date": "2018-01-03"}, {"child_id_number": "1999-05-01"}),
        ("no-carer-both-parents", {"child_kind": "5", "status": "confirmed", **DECIDED, "father_status": "02", "mother_status": "07"},
         {"mother_status": "01"}),
        ("institution-is-named", {"care_mode": "2", "status": "active", "inst_code": "F1"}, {"inst_code": None}),
        ("begin-next-month", {"status": "confirmed", **DECIDED, "begin_month": "2018-03"}, {"begin_month": "2018-02"}),
        ("verified-is-dated", {"status": "submitted", "verify_date": "2018-01-09"}, {"verify_date": None}),
        *TWO,
    ],
    "coordination_case": [("done-is-dated", {"status": "done", "done_date": "2018-01-09"}, {"done_date": None})],
    "dis_allowance": [
        ("decided-is-signed", {"status": "decided", **DECIDED, "dpf_opinion": "1", "living_on": True, "living_basis": "1"}, {"decision_date": None}),
        ("refused-has-reason", REFUSED, {"refuse_reason": None}),
        ("living-has-basis", {"living_on": True, "living_basis": "1"}, {"living_basis": None}),
        ("nursing-has-basis", {"nursing_on": True, "nursing_basis": "1"}, {"nursing_basis": None}),
        ("nursing-grade", {"nursing_basis": "2", "disability_grade": 2, "disability_type": "4"}, {"disability_grade": 3}),
        ("nursing-grade", {"nursing_basis": "3", "disability_grade": 3, "disability_type": "5"}, {"disability_type": "4"}),
        ("federation-was-asked", {"status": "decided", **DECIDED, "dpf_opinion": "1", "living_on": True, "living_basis": "1"}, {"dpf_opinion": None}),
        ("something-is-drawn", {"status": "active", "nursing_on": True, "nursing_basis": "1"}, {"nursing_on": False}),
    ],
    "disaster_case": [
        *CASE,
        ("moved-in-is-dated", {"status": "moved_in", "move_in_date": "2018-02-10"}, {"move_in_date": None}),
        ("rebuilding-has-loss", {"aid_stage": "3", "status": "approved", **DECIDED, "rooms_collapsed": 1, "rooms_serious": 0}, {"rooms_collapsed": 0}),
    ],
    "economy_check": [
        ("authorised-first", {"authorised_date": "2018-01-03", "requested_at": "2018-01-03T09:00:00+08:00"}, {"authorised_date": "2018-01-04"}),
        ("returned-has-result", {"status": "returned", "result": "1", "report_date": "2018-01-10"}, {"result": None}),
    ],
    "fund_flow": [
        ("split-within-amount", {"fen": 1000, "kept_fen": 400, "split_to": [{"region": "430321100000", "fen": 600}]}, {"kept_fen": 401}),
        ("split-is-dated", {"status": "split", "split_date": "2018-01-10"}, {"split_date": None}),
    ],
    "illness_case": [("confirmed-is-dated", {"treat_status": "confirmed", "confirmed_date": "2018-01-10"}, {"confirmed_date": None})],
    "institution": [
        ("nursing-within-beds", {"beds": 20, "nursing_beds": 20}, {"nursing_beds": 21}),
        ("nursing-within-staff", {"staff_total": 5, "staff_nursing": 5}, {"staff_nursing": 6}),
    ],
    "lbc_child": [
        ("under-sixteen", {"child_id_number": "2003-05-01", "register_date": "2018-01-03"}, {"child_id_number": "2001-05-01"}),
        ("ended-has-reason", {"status": "ended", "end_date": "2018-01-03", "end_reason": "1"}, {"end_reason": None}),
        ("dropout-is-said", {"dropout": True, "school_status": "3"}, {"school_status": "1"}),
    ],
    "low_income_cert": [
        ("decided-is-signed", {"status": "approved", **DECIDED, "low_kind": "4", "valid_from": "2018-02-01", "valid_to": "2019-01-31"},
         {"decision_date": None}),
        ("refused-has-reason", REFUSED, {"refuse_reason": None}),
        ("valid-twelve-months", {"valid_from": "2018-02-01", "valid_to": "2019-02-01"}, {"valid_to": "2019-03-01"}),
        ("approved-is-dated", {"status": "approved", **DECIDED, "low_kind": "4", "valid_from": "2018-02-01", "valid_to": "2019-01-31"},
         {"low_kind": None}),
        ("ratio-of-spending", {"income_fen_year": 3000000, "rigid_medical_fen_year": 2000000, "rigid_ratio_bp": 6666}, {"rigid_ratio_bp": 6600}),
        ("relative-is-visited", {"status": "approved", **DECIDED, "low_kind": "4", "valid_from": "2018-02-01", "valid_to": "2019-01-31",
                                 "staff_relative": True, "sampled": True}, {"sampled": False}),
        *TWO,
    ],
    "med_aid": [
        *CASE, *TWO,
        ("direct-class", {"status": "direct", "person_class": "1"}, {"person_class": "3"}),
        ("bill-adds-up", {"status": "paid", "total_fen": 1000, "insurance_fen": 600, "aid_fen": 300, "self_fen": 100}, {"self_fen": 99}),
        ("aid-within-bill", {"total_fen": 1000, "insurance_fen": 600, "aid_fen": 400}, {"aid_fen": 401}),
    ],
    "mla_case": [
        *CASE, *TWO, *VISITED,
        ("single-has-basis", {"single_person": True, "single_basis": "1"}, {"single_basis": None}),
        ("begin-next-month", {"status": "approved", **DECIDED, "begin_month": "2018-03"}, {"begin_month": "2018-02"}),
        ("grace-six-months", {"grace_from": "2018-01", "grace_to": "2018-06"}, {"grace_to": "2018-07"}),
        ("ended-has-reason", {"status": "ended", "stop_month": "2018-03", "stop_reason": "01"}, {"stop_reason": None}),
        ("share-of-refusals", {"stop_reason": "09", "job_refusals": 3}, {"job_refusals": 2}),
    ],
    "payment": [
        ("returned-has-reason", {"pay_status": "4", "return_reason": "1"}, {"return_reason": None}),
        ("paid-is-dated", {"pay_status": "3", "paid_date": "2018-01-08"}, {"paid_date": None}),
    ],
    "perf_eval": [("weights-add-up", {"score_bp": 9000, "items": [{"item_code": "a", "weight_bp": 4000}, {"item_code": "b", "weight_bp": 6000}]},
                   {"items": [{"item_code": "a", "weight_bp": 4000}, {"item_code": "b", "weight_bp": 5999}]})],
    "person": [("dead-is-said", {"death_date": "2018-01-05", "life_status": "2"}, {"life_status": "1"})],
    "poverty_link": [("monitored-has-class", {"era": "2", "monitor_kind": "1"}, {"monitor_kind": None})],
    "price_link": [("started-has-amount", {"triggered": "1", "per_person_fen": 2000}, {"per_person_fen": None})],
    "region": [
        ("no-own-successor", {"code": "430321201000", "successor_code": "430321100000"}, {"successor_code": "430321201000"}),
        ("ended-is-dated", {"region_state": "2", "valid_to": "2018-01-31"}, {"valid_to": None}),
        ("merged-has-successor", {"region_state": "3", "valid_to": "2018-01-31", "successor_code": "430321999000"}, {"successor_code": None}),
    ],
    "relation_declared": [("two-persons", {"staff_id_number": "1980-01-02", "relative_id_number": "1990-01-02"},
                           {"relative_id_number": "1980-01-02"})],
    "review": [
        ("reviewed-is-dated", {"status": "reviewed", "review_date": "2018-01-10", "finding": "1"}, {"finding": None}),
        ("decided-has-action", {"status": "decided", "action": "1"}, {"action": None}),
        ("up-is-more", {"action": "2", "old_fen": 100, "new_fen": 101}, {"new_fen": 100}),
        ("down-is-less", {"action": "3", "old_fen": 100, "new_fen": 99}, {"new_fen": 100}),
        ("after-death-is-dated", {"after_death": True, "death_date": "2018-01-05"}, {"death_date": None}),
    ],
    "safety_check": [
        ("hazard-has-term", {"hazard_no": 1, "hazard_level": "1", "hazard_kind": "1", "rectify_due": "2018-02-01"}, {"rectify_due": None}),
        ("clean-has-none", {"hazard_no": 0}, {"hazard_kind": "1"}),
        ("closed-is-dated", {"hazard_no": 0, "status": "closed", "closed_date": "2018-02-01"}, {"closed_date": None}),
    ],
    "service_contract": [
        ("paid-after-acceptance", {"accepted_date": "2018-01-10", "pay_date": "2018-01-10"}, {"pay_date": "2018-01-09"}),
        ("paid-after-acceptance", {"accepted_date": "2018-01-10", "pay_date": "2018-01-10"}, {"accepted_date": None}),
        ("paid-within-contract", {"contract_fen": 1000, "pay_fen": 1000}, {"pay_fen": 1001}),
        ("kept-fifteen-years", {"period_to": "2018-12-31", "keep_until": "2033-12-01"}, {"keep_until": "2033-11-30"}),
    ],
    "special_aid": [
        ("done-has-result", {"status": "done", "result": "已办", "done_date": "2018-01-09"}, {"result": None}),
        ("closed-was-told", {"status": "closed", "told_date": "2018-01-09"}, {"told_date": None}),
        ("returned-has-reason", {"status": "returned", "returned_reason": "材料不全"}, {"returned_reason": None}),
    ],
    "standard": [("has-period", {"std_period": "1"}, {"std_period": None})],
    "ta_case": [
        *CASE, *TWO, *VISITED,
        ("pay-first-is-emergency", {"path": "1", "ta_kind": "1"}, {"ta_kind": "2"}),
        ("expense-is-decided-first", {"ta_kind": "2", "paid_at": "2018-02-02T09:00:00+08:00", "decision_date": "2018-02-01"},
         {"decision_date": "2018-02-03"}),
        ("expense-is-decided-first", {"ta_kind": "2", "paid_at": "2018-02-02T09:00:00+08:00", "decision_date": "2018-02-01"}, {"decision_date": None}),
        ("paid-first-is-dated", {"status": "paid_first", "paid_at": "2018-02-02T09:00:00+08:00"}, {"paid_at": None}),
        ("closed-has-papers", {"path": "1", "ta_kind": "1", "status": "closed", "paperwork_done": "2018-02-09"}, {"paperwork_done": None}),
        ("stages-within-amount", {"amount_fen": 300, "stages": [{"stage_no": 1, "fen": 100}, {"stage_no": 2, "fen": 200}]}, {"amount_fen": 299}),
    ],
    "time_limit": [("says-something", {"amount": 5, "unit": "days"}, {"amount": None, "unit": None})],
    "tk_case": [
        ("decided-is-signed", {"status": "approved", **DECIDED, "no_labor_basis": "9", "no_supporter_basis": "1", "no_income": True},
         {"decision_date": None}),
        ("refused-has-reason", REFUSED, {"refuse_reason": None}),
        *TWO,
        ("relative-is-visited", {"status": "approved", **DECIDED, "no_labor_basis": "9", "no_supporter_basis": "1", "no_income": True,
                                 "staff_relative": True, "sampled": True}, {"sampled": False}),
        ("three-conditions", {"status": "approved", **DECIDED, "no_labor_basis": "9", "no_supporter_basis": "1", "no_income": True},
         {"no_income": False}),
        ("aged-sixty", {"no_labor_basis": "1", "applicant_id_number": "1958-01-03", "accept_date": "2018-01-03"}, {"accept_date": "2018-01-02"}),
        ("minor-sixteen", {"no_labor_basis": "2", "applicant_id_number": "2002-01-03", "accept_date": "2018-01-02"}, {"accept_date": "2018-01-03"}),
        ("selfcare-able", {"selfcare_grade": "1", **able(6)}, {"selfcare_bath": False}),
        ("selfcare-partly", {"selfcare_grade": "2", **able(3)}, {"selfcare_bed": False}),
        ("selfcare-wholly", {"selfcare_grade": "3", **able(2)}, {"selfcare_bed": True}),
        ("centre-is-named", {"support_mode": "1", "status": "active", "inst_code": "F1"}, {"inst_code": None}),
        ("begin-next-month", {"status": "active", **DECIDED, "begin_month": "2018-03"}, {"begin_month": "2018-02"}),
    ],
}


# What every record of a kind has here besides what its kind requires.
ALWAYS = {"safety_check": {"hazard_no": 0}, "standard": {"std_period": "1"}, "time_limit": {"applies_to": "mla_case", "limit": "whole", "amount": 9, "unit": "days"}}
SHOWN = 10  # an import names so many wrong rows, and more


def citizen(born, number):
    """A citizen id of somebody born on this day; given out to nobody (see tools/generate)."""
    body = f"{430302 + number % 3}" + born.replace("-", "") + ("000" if number % 2 else "999")
    return body + "10X98765432"[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body)) % 11]


def value_of(field, name, number):
    """Something for a field that the kind requires, another one for each number."""
    form = field.get("format")
    if form == "citizen-id":
        year = 2008 if name.startswith("child") else 1950
        return citizen(f"{year + number % (25 if year == 1950 else 5)}-{1 + number % 12:02d}-{1 + number % 28:02d}", number)
    if form == "date":
        return f"{2016 + number % 2}-{1 + number // 28 % 12:02d}-{1 + number % 28:02d}"
    if form == "month":
        return f"{1990 + number // 12}-{1 + number % 12:02d}"
    if form == "division":
        return f"430321{100 + number:03d}000"
    if "x-codes" in field:
        return None
    return 2000 + number if field["type"] == "integer" else f"N{number}"


class Kinds:
    def __init__(self, source):
        self.kinds, self.codes = {}, {}
        for folder, into, key in (("kinds", self.kinds, "x-kind"), ("codes", self.codes, "x-codes")):
            path = os.path.join(source, "schema", folder)
            for name in sorted(os.listdir(path)):
                with open(os.path.join(path, name), encoding="utf-8") as file:
                    data = json.load(file)
                into[data[key]] = data
        self.number = 0

    def record(self, kind, *layers):
        """A record that has what the kind requires, and these values."""
        self.number += 1
        properties = self.kinds[kind]["properties"]
        row = {}
        for name in self.kinds[kind].get("required", ()):
            value = value_of(properties[name], name, self.number)
            row[name] = self.codes[properties[name]["x-codes"]]["codes"][self.number % 2]["code"] if value is None else value
        for layer in (ALWAYS.get(kind, {}), *layers):
            for name, value in layer.items():
                if properties[name].get("format") == "citizen-id":
                    value = citizen(value, self.number)
                row[name] = value
        return {name: value for name, value in row.items() if value is not None}

    def ordered(self, kind, rule):
        """What is lawful and what is not under a rule that puts dates in order; None: it says more than that."""
        if not rule["rule"].startswith("order-"):
            return None
        that, when = rule["that"], rule.get("when", {})
        pairs = that["all"] if isinstance(that, dict) and set(that) == {"all"} else [that]
        status = {name: values[0] for name, values in when.get("in", {}).items()}
        if not all(isinstance(pair, list) and pair[1] == "<=" for pair in pairs):
            return None
        done = {"status": "approved"} if status.get("status") == "approved" else status
        more = {name: value for _, lawful, _ in RULES.get(kind, ()) if lawful.get("status") == done.get("status", "-")
                for name, value in lawful.items() if name not in sum(([pair[0], pair[2]] for pair in pairs), [])}
        return [({**more, **done, pair[0]: self.moment(kind, pair[0], 5), pair[2]: self.moment(kind, pair[2], 5)},
                 {pair[2]: self.moment(kind, pair[2], 4)}) for pair in pairs]

    def moment(self, kind, name, day):
        form = self.kinds[kind]["properties"][name]["format"]
        return f"2018-0{day}" if form == "month" else f"2018-01-0{day}" + ("T09:00:00+08:00" if form == "date-time" else "")


class Desk:
    def __init__(self, tiersync, store):
        self.tiersync, self.store = tiersync, store

    def said(self, kind, rows):
        """What an import of these rows says, nothing written: by row number."""
        if len(rows) > SHOWN:
            first, lines = self.said(kind, rows[:SHOWN])
            rest, more = self.said(kind, rows[SHOWN:])
            return {**first, **{number + SHOWN: line for number, line in rest.items()}}, lines + more
        with open("rows.jsonl", "w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        place = ["--partition", "rolls"] if kind in ("poverty_link", "death_roll", "status_roll", "disability_roll") else []
        command = [self.tiersync, "import", "--store", self.store, "--kind", kind, "--dry-run", *place, "rows.jsonl"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        lines = done.stdout.decode().splitlines()
        return {int(line.split(" row ")[1].split(":")[0]): line for line in lines if line.startswith("rows.jsonl row ")}, lines


def main():
    tiersync, store, source = sys.argv[1:]
    kinds, desk, wrong, count = Kinds(source), Desk(tiersync, store), [], 0
    for name, kind in kinds.kinds.items():
        cases = list(RULES.get(name, ()))
        for rule in kind.get("x-rules", ()):
            cases += [(rule["rule"], *pair) for pair in kinds.ordered(name, rule) or ()]
            if rule["rule"] not in {case[0] for case in cases}:
                wrong.append(f"{name}: the rule {rule['rule']} has no case here")
        lawful, lines = desk.said(name, [kinds.record(name, case[1]) for case in cases])
        wrong += [f"{name}: lawful, and refused: {line}" for line in lawful.values()]
        if cases and not lawful and not any("added" in line for line in lines):
            wrong.append(f"{name}: {lines}")
        refused, _ = desk.said(name, [kinds.record(name, case[1], case[2]) for case in cases])
        for number, (rule, before, change) in enumerate(cases, 1):
            count += 1
            if f"rule {rule} " not in refused.get(number, ""):
                wrong.append(f"{name}: {rule} does not refuse {change} on {before}: {refused.get(number, 'it was taken')}")
    print("\n".join(wrong))
    print(f"{count} cases, {len(wrong)} wrong")
    return 1 if wrong or count < 150 else 0


if __name__ == "__main__":
    sys.exit(main())
