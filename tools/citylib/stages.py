"""What is late, and its truth. Each function brings one record to a limit: on the first night its last day in time has gone by, or it
goes by on the second, or the record moves on in time. The limits are those of the kinds and of schema/policy, copied by hand.
"""
import datetime

from days import NIGHTS, at, before, day, days
from stock import case_row, certificate, decision_row, handlers, last_day, low_income, payment, temporary, ticket

LATE = ("late", "late", "late")
FROM_SECOND = (None, "late", "late")
ONLY_SECOND = (None, "late", None)
UNTIL_THIRD = ("late", "late", None)


def applied_for(working_days, ends):
    """When somebody applied whose acceptance (the day after) began a limit that ends on this day."""
    return days(before(ends, working_days), -1)


def survey(city):
    """Ten working days (2012 rule) from the acceptance to the survey."""
    town = city.town()
    for ends, states, moves in ((days(NIGHTS[0], -1), UNTIL_THIRD, 3), (NIGHTS[0], FROM_SECOND, 0), (NIGHTS[0], ONLY_SECOND, 3)):
        number = town.number("D")
        town.put("mla_case", {**case_row(town, town.single(), number, "02", applied_for(10, ends), 1), "status": "accepted"})
        if moves:
            town.put("mla_case", {"case_no": number, "status": "surveying", "survey_date": day(NIGHTS[moves - 1]), "surveyors": handlers(town)},
                     moves)
        city.late("survey", "mla_case", number, town, states, "survey of the household")


def county_decides(city):
    """Five working days (2012 rule) at the county."""
    town = city.town()
    for ends, states in ((days(NIGHTS[0], -1), LATE), (NIGHTS[1], (None, None, "late"))):
        number = town.number("D")
        row = case_row(town, town.single(), number, "02", days(NIGHTS[0], -60), 5)
        town.put("mla_case", {**row, "status": "submitted", "submit_date": day(before(ends, 5))})
        city.late("county", "mla_case", number, town, states, "decision of the county")
    number = town.number("D")
    row = case_row(town, town.single(), number, "02", days(NIGHTS[0], -60), 5)
    town.put("mla_case", {**row, "status": "submitted"})
    town.decide("mla_case", {"case_no": number, "status": "county_review"})
    town.decide("mla_case", {"case_no": number, "status": "refused", "decision": "2", "refuse_reason": "1",
                             "decision_date": day(before(NIGHTS[0], 3))}, 1, 1)
    town.decide("mla_case", {"case_no": number, "told_date": day(NIGHTS[2])}, 3)
    city.late("told", "mla_case", number, town, ONLY_SECOND, "refused and not told")


def short_notice(city):
    town = city.town()
    number = town.number("D")
    row = case_row(town, town.single(), number, "02", days(NIGHTS[0], -14), 3)
    town.put("mla_case", {**row, "status": "accepted"})
    for step, status in enumerate(("surveying", "checked", "opinion"), 1):
        town.put("mla_case", {"case_no": number, "status": status}, 1, step)
    town.put("mla_case", {"case_no": number, "status": "notice", "notice_from": day(days(NIGHTS[0], -6)), "notice_to": day(NIGHTS[0])}, 2)
    city.late("notice", "mla_case", number, town, (None, "early", "early"), "a notice of six days")


def review_of_allowance(city):
    town = city.town()
    number = town.number("D")
    row = case_row(town, town.single(), number, "02", datetime.date(2016, 8, 1), 5)
    town.put("mla_case", {**row, "status": "active", "review_cycle_month": 12, "last_review_date": "2017-03-28"})
    town.put("mla_case", {"case_no": number, "last_review_date": day(NIGHTS[2])}, 3)
    city.late("review", "mla_case", number, town, ONLY_SECOND, "yearly review of the allowance")
    number = town.number("D")
    row = case_row(town, town.single(), number, "02", datetime.date(2016, 8, 1), 5)
    town.put("mla_case", {**row, "status": "active", "review_cycle_month": 12, "last_review_date": "2018-01-10"})
    town.decide("mla_case", {"case_no": number, "status": "grace", "grace_from": "2017-10", "grace_to": "2018-02"}, 1)
    city.late("grace", "mla_case", number, town, LATE, "the months of grace are over")
    number = town.number("D")
    town.put("review", {"case_no": number, "due_month": "2018-02", "status": "planned", "handler": handlers(town)[0], "region": town.code})
    town.put("review", {"case_no": number, "due_month": "2018-02", "status": "reviewed", "review_date": day(NIGHTS[1]), "finding": "1"}, 2)
    city.late("review", "review", (number, "2018-02"), town, ("late", None, None), "review planned for February")
    number = town.number("D")
    town.put("review", {"case_no": number, "due_month": "2018-04", "status": "planned", "handler": handlers(town)[0], "region": town.code,
                        "after_death": True, "death_date": "2017-12-29"})
    city.late("after_death", "review", (number, "2018-04"), town, (None, None, "late"), "review after a death")


def extreme_poverty(city):
    town = city.town()
    number = town.number("K")
    town.put("tk_case", {**case_row(town, town.single(), number, "03", applied_for(15, NIGHTS[0]), 1), "status": "accepted"})
    town.put("tk_case", {"case_no": number, "status": "surveying", "survey_date": day(NIGHTS[1]), "surveyors": handlers(town)}, 2)
    city.late("township", "tk_case", number, town, FROM_SECOND, "opinion of the township")
    number = town.number("K")
    row = case_row(town, town.single(), number, "03", days(NIGHTS[0], -60), 5)
    town.put("tk_case", {**row, "status": "submitted", "submit_date": day(last_day(15))})
    town.decide("tk_case", {"case_no": number, "status": "county_review"}, 2)
    city.late("county", "tk_case", number, town, FROM_SECOND, "decision of the county")
    number = town.number("K")
    row = case_row(town, town.single(), number, "03", days(NIGHTS[0], -200), 5)
    town.put("tk_case", {**row, "status": "active", "no_labor_basis": "9"})
    town.put("tk_case", {"case_no": number, "status": "reassess", "reassess_report_date": day(last_day(10))}, 1, 1)
    city.late("reassess", "tk_case", number, town, FROM_SECOND, "self-care looked at again")
    number = town.number("K")
    town.put("tk_case", {**case_row(town, town.single(), number, "03", days(NIGHTS[0], -40), 4), "status": "accepted"})
    for step, (status, more) in enumerate((("surveying", {}), ("opinion", {}), ("notice", {}),
                                           ("objection", {"objection_date": day(last_day(15))})), 1):
        town.put("tk_case", {"case_no": number, "status": status, **more}, 1, step)
    town.put("tk_case", {"case_no": number, "status": "submitted", "submit_date": day(NIGHTS[2])}, 3)
    city.late("objection", "tk_case", number, town, ONLY_SECOND, "objection to the notice")


def low_incomes(city):
    town = city.town()
    for more, working_days, limit in (({}, 30, "whole"), ({"is_complex": True}, 45, "whole_complex")):
        number = town.number("B")
        town.put("low_income_cert", {**case_row(town, town.single(), number, "05", applied_for(working_days, NIGHTS[0]), 1), "status": "accepted",
                                     "low_kind": "5", **more})
        city.late(limit, "low_income_cert", number, town, FROM_SECOND, "certificate of low income")
    number = low_income(town, town.single(), "4", valid_to=day(NIGHTS[0]))
    city.late("renewal", "low_income_cert", number, town, FROM_SECOND, "certificate ran out")


def emergencies(city):
    town = city.town()
    number = temporary(town, town.single(), reported_at=at(NIGHTS[0], 9), paid_at=None, status="reported")
    town.put("ta_case", {"case_no": number, "status": "paid_first", "paid_at": at(NIGHTS[2], 9)}, 3)
    city.late("pay_first", "ta_case", number, town, ONLY_SECOND, "24 hours to pay")
    paid = before(NIGHTS[0], 10)
    number = temporary(town, town.single(), reported_at=at(days(paid, -1), 22), paid_at=at(paid, 9))
    town.put("ta_case", {"case_no": number, "status": "paperwork"}, 2)
    city.late("paperwork", "ta_case", number, town, FROM_SECOND, "papers behind the payment")


def disabled(city):
    town = city.town()
    number = town.number("C")
    base = {"programme": "14", "region": town.code, "apply_date": day(days(last_day(5), -1)), "accept_date": day(last_day(5)),
            "handler": handlers(town)[0], "nursing_on": True, "nursing_basis": "2", "disability_grade": 2, "disability_type": "4",
            "cert_valid_to": "2022-05-19"}
    person = town.single()
    town.put("dis_allowance", {"case_no": number, **base, "applicant_id_number": person.number, "status": "accepted",
                               "disability_cert_no": certificate(town, person)})
    city.late("township", "dis_allowance", number, town, FROM_SECOND, "first look of the township")
    person, number = town.single(), town.number("C")
    town.put("dis_allowance", {"case_no": number, **base, "applicant_id_number": person.number, "status": "accepted",
                               "accept_date": day(days(last_day(5), -1)), "disability_cert_no": certificate(town, person)})
    town.put("dis_allowance", {"case_no": number, "status": "dpf_review", "first_review_date": day(last_day(5))}, 1, 1)
    town.decide("dis_allowance", {"case_no": number, "status": "submitted", "dpf_opinion": "1", "dpf_opinion_date": day(NIGHTS[2])}, 3)
    city.late("dpf", "dis_allowance", number, town, ONLY_SECOND, "review of the disabled persons' federation")
    person, number = town.single(), town.number("C")
    town.put("dis_allowance", {"case_no": number, **base, "applicant_id_number": person.number, "status": "active",
                               "disability_cert_no": certificate(town, person), "cert_valid_to": day(NIGHTS[1])})
    city.late("certificate", "dis_allowance", number, town, (None, None, "late"), "certificate of the disabled ran out")


def children(city):
    town = city.town()
    guardian = town.single(50, 70)
    for limit, status, more in (("township", "accepted", {"accept_date": day(last_day(15))}),
                                ("county", "accepted", {"accept_date": day(days(NIGHTS[0], -50)), "verify_date": day(days(NIGHTS[0], -49)),
                                                        "submit_date": day(last_day(15))})):
        child, number = town.person(3, 14), town.number("E")
        town.put("child_case", {"case_no": number, "programme": "10", "status": status, "child_id_number": child.number, "child_kind": "9",
                                "guardian_id_number": guardian.number, "handler": handlers(town)[0], "region": town.code, **more})
        if limit == "county":
            town.put("child_case", {"case_no": number, "status": "verified"}, 1, 1)
            town.put("child_case", {"case_no": number, "status": "submitted"}, 1, 2)
        city.late(limit, "child_case", number, town, FROM_SECOND, "case of a child")


def tickets(city):
    """The one-stop window: routed by the first person asked, answered by the department, told, routed again."""
    town = city.town()
    number = ticket(town, town.single(), days(NIGHTS[0], -1), route="3", to_depts=["hou"])
    town.put("aid_ticket", {"ticket_no": number, "status": "routed", "routed_at": at(NIGHTS[2], 8)}, 3)
    city.late("route", "aid_ticket", number, town, ONLY_SECOND, "not routed")
    opened = last_day(5)
    number = ticket(town, town.single(), opened, route="3", to_depts=["hr"], dept_handler="人社经办")
    town.put("aid_ticket", {"ticket_no": number, "status": "routed", "routed_at": at(opened, 15)}, 1, 1)
    city.late("answer", "aid_ticket", number, town, FROM_SECOND, "not answered")
    number = ticket(town, town.single(), days(NIGHTS[0], -6), due_date=day(NIGHTS[0]))
    city.late("due", "aid_ticket", number, town, FROM_SECOND, "not done on the day that was promised")
    number = ticket(town, town.single(), days(NIGHTS[0], -6))
    town.put("aid_ticket", {"ticket_no": number, "status": "done", "done_at": at(last_day(1), 9), "result": "已答复"}, 1, 1)
    town.put("aid_ticket", {"ticket_no": number, "status": "told", "told_person_at": at(NIGHTS[2], 9)}, 3)
    city.late("tell", "aid_ticket", number, town, ONLY_SECOND, "done and not told")
    number = ticket(town, town.single(), days(NIGHTS[0], -2), route="3", to_depts=["edu"])
    town.put("aid_ticket", {"ticket_no": number, "status": "routed", "routed_at": at(days(NIGHTS[0], -2), 15)}, 1, 1)
    town.decide("aid_ticket", {"ticket_no": number, "status": "returned", "returned_at": at(NIGHTS[0], 16), "returned_reason": "不属本部门"}, 2)
    city.late("reroute", "aid_ticket", number, town, (None, None, "late"), "returned and not routed again")


def checks_and_money(city):
    town = city.town()
    person, number = town.single(), town.number("H")
    asked = last_day(3)
    town.put("economy_check", {"check_no": number, "check_kind": "01", "applicant_id_number": person.number, "status": "requested",
                               "authorised_date": day(asked), "requested_at": at(asked, 9), "region": town.code})
    town.decide("economy_check", {"check_no": number, "status": "started", "started_at": at(NIGHTS[2], 9)}, 3)
    city.late("start", "economy_check", number, town, ONLY_SECOND, "check not begun")
    person = town.single()
    town.decide("benefit", {"programme": "02", "recipient_id_number": person.number, "begin_month": "2017-01", "fen_month": 40000})
    key = payment(town, person, "02", "2018-03", 40000, "1")
    town.decide("payment", dict(zip(("batch_no", "programme", "payee_id_number", "period"), key), pay_status="3", paid_date=day(NIGHTS[2])), 3)
    city.late("pay", "payment", key, town, UNTIL_THIRD, "not paid by the 10th")


def money_on_day_31(city):
    """A county splits central money on the 31st day: late on that day, done on the next."""
    county = city.counties[city.turn % len(city.counties)]
    city.turn += 1
    number, received = f"财社〔2018〕{county[2:6]}-{city.turn}号", days(NIGHTS[0], -30)
    names = {"doc_no": number, "fund_project": "困难群众救助补助资金", "region": county}
    city.put(county, county, "fund_flow", {**names, "source_level": "1", "fund_kind": "1", "year": 2018, "issued_date": day(days(received, -3)),
                                           "received_date": day(received), "fen": 5000000, "due_date": "2018-06-30", "status": "received"}, 1, 0)
    city.put(county, county, "fund_flow", {**names, "status": "split", "split_date": day(NIGHTS[2]),
                                           "split_to": [{"region": county, "fen": 5000000}]}, 3, 0)
    city.late("split_central", "fund_flow", (number, names["fund_project"], county), county, ONLY_SECOND, "central money not split in 30 days")


def hazards(city):
    town = city.town()
    names = {"inst_code": f"F{town.code[4:9]}", "check_date": day(days(NIGHTS[0], -20)), "hazard_no": town.serial("hazard")}
    town.put("safety_check", {**names, "hazard_level": "2", "hazard_kind": "1", "rectify_due": day(NIGHTS[0]), "status": "open",
                              "handler": handlers(town)[0]})
    city.late("rectify", "safety_check", tuple(str(value) for value in names.values()), town, FROM_SECOND, "a fire hazard stands")


LIMITS = (survey, county_decides, short_notice, review_of_allowance, extreme_poverty, low_incomes, emergencies, disabled, children, tickets,
          checks_and_money, money_on_day_31, hazards)


def plant(city, rounds):
    for _ in range(rounds):
        for stage in LIMITS:
            stage(city)
