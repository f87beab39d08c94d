#!/usr/bin/env python3
"""What the desks of tools/month fill into their spreadsheets: each command reads the rolls of tools/generate and writes sheets beside them.

  clerk.py decided ROLLS   review.csv, decided.csv, active.csv: what the county had decided by the end of November; late.csv: in December
  clerk.py paid ROLLS      plan.csv, sent.csv, paid.csv, returned.csv: the benefits of December and how the bank answered
  clerk.py reviewed ROLLS  reviews.csv, visited.csv, kept.csv: the reviews that are due in December

Amounts keep to the standards of 2017 in schema/policy. It knows nothing of the program; the same rolls give the same sheets.
"""
import csv
import os
import sys

STANDARD = {"01": 45000, "02": 25216}  # a member and month, rounded down
MONTH = "2017-12"
REVIEWS = 40


def read(rolls, name):
    with open(os.path.join(rolls, name + ".csv"), encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(rolls, name, rows):
    """As a spreadsheet saves it: a byte order mark, CR LF."""
    with open(os.path.join(rolls, name + ".csv"), "w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.DictWriter(file, rows[0].keys(), lineterminator="\r\n")
        sheet.writeheader()
        sheet.writerows(rows)


def amount(case, decision):
    return min(int(decision["amount_fen_month"]), STANDARD[case["programme"]] * int(case["counted_members"]))


def decide(case, decision):
    row = dict(decision, status="approved" if decision["decision"] == "1" else "refused")
    if decision["decision"] == "1":
        row["amount_fen_month"] = amount(case, decision)
    return row


def granted(rolls):
    """Cases that draw in December, with what was decided."""
    cases = {row["case_no"]: row for row in read(rolls, "mla_case")}
    rows = [decide(cases[row["case_no"]], row) for row in read(rolls, "decision")]
    return [(cases[row["case_no"]], row) for row in rows
            if row["decision"] == "1" and row["decision_date"] < "2017-12" and row["begin_month"] <= MONTH]


def decided(rolls):
    cases = {row["case_no"]: row for row in read(rolls, "mla_case")}
    rows = [decide(cases[row["case_no"]], row) for row in read(rolls, "decision")]
    before = [row for row in rows if row["decision_date"] < "2017-12"]
    write(rolls, "review", [{"case_no": row["case_no"], "status": "county_review", "county_handler": "周敏"} for row in rows])
    write(rolls, "decided", before)
    write(rolls, "active", [{"case_no": case["case_no"], "status": "active", "last_review_date": row["decision_date"]}
                           for case, row in granted(rolls)])
    write(rolls, "late", [row for row in rows if row["decision_date"] >= "2017-12"])


def paid(rolls):
    drawing = {case["case_no"]: row["amount_fen_month"] for case, row in granted(rolls)}
    benefits = [row for row in read(rolls, "benefit") if row["programme"] == "20" or row["case_no"] in drawing]
    keys = {(row["programme"], row["recipient_id_number"]) for row in benefits}
    payments = [row for row in read(rolls, "payment") if (row["programme"], row["payee_id_number"]) in keys]
    for row in benefits + payments:
        name = "fen_month" if "fen_month" in row else "fen"
        row[name] = drawing.get(row["case_no"], row[name])
        if row["programme"] == "20":
            row["case_no"] = ""
    write(rolls, "benefit", benefits)
    write(rolls, "plan", payments)
    names = ("batch_no", "programme", "payee_id_number", "period")
    keys = [{name: row[name] for name in names} for row in payments]
    write(rolls, "sent", [dict(key, pay_status="2") for key in keys])
    write(rolls, "returned", [dict(key, pay_status="4", return_reason=reason) for key, reason in zip(keys, ("1", "2"))])
    write(rolls, "paid", [dict(key, pay_status="3", paid_date="2017-12-08") for key in keys[3:]])


def reviewed(rolls):
    cases = [(case, row) for case, row in granted(rolls)][:REVIEWS]
    names = [{"case_no": case["case_no"], "due_month": MONTH} for case, _ in cases]
    write(rolls, "reviews", [dict(name, programme=case["programme"], cycle_month=case["review_cycle_month"], status="planned", handler="陈立",
                                  region=case["region"], household_no=case["household_no"],
                                  applicant_id_number=case["applicant_id_number"], old_fen=row["amount_fen_month"])
                             for name, (case, row) in zip(names, cases)])
    # one family was not at home: its review stays open
    write(rolls, "visited", [dict(name, status="reviewed", review_date="2017-12-19", finding="7" if index == 0 else "1")
                             for index, name in enumerate(names[:-1])])
    write(rolls, "kept", [dict(name, status="decided", action="1", action_date="2017-12-25") for name in names[1:-1]])


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("decided", "paid", "reviewed"):
        sys.exit(__doc__)
    {"decided": decided, "paid": paid, "reviewed": reviewed}[sys.argv[1]](sys.argv[2])
