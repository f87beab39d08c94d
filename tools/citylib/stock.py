"""The lawful life of a city: cases through their stages, benefits, payments, tickets, visits, funds, reviews, over several months.

Everything here keeps every rule and every limit on all three nights; what breaks one is planted elsewhere (faults.py, stages.py).
"""
import datetime

from days import NIGHTS, at, before, day, days, month, month_after

MONTHS_PAID = ("2018-01", "2018-02", "2018-03")
# What a member of a family may draw a month at most: urban and rural standards of schema/policy from 2018 on, rounded down.
STANDARDS = {"1": 50000, "2": 28333}
CHECK_KINDS = {"mla_case": "01", "tk_case": "02", "dis_allowance": "11"}


def handlers(town):
    """Two who survey, the first of them in charge."""
    names = sorted({f"经办{town.code[4:9]}{letter}" for letter in "甲乙"})
    return names


def case_row(town, person, number, programme, applied, stage):
    """What the township writes of a case that has come to `stage` (a number: 1 accepted, 2 surveyed, 3 opinion, 4 notice, 5 submitted)."""
    row = {
        "case_no": number, "programme": programme, "applicant_id_number": person.number, "applicant_name": person.name,
        "region": town.code, "village_region": person.village, "apply_channel": town.rng.choice("1234"), "apply_date": day(applied),
        "accept_date": day(days(applied, 1)), "handler": handlers(town)[0],
    }
    if person.household:
        row["household_no"] = person.household
    if stage >= 2:
        row.update(survey_date=day(days(applied, 4)), surveyors=handlers(town), survey_signed=True)
    if stage >= 3:
        row.update(opinion="1", opinion_date=day(days(applied, 7)))
    if stage >= 4:
        row.update(notice_from=day(days(applied, 8)), notice_to=day(days(applied, 15)))
    if stage >= 5:
        row.update(submit_date=day(days(applied, 16)))
    return row


def decision_row(number, decided, fen, **more):
    """What the county writes when it agrees."""
    row = {"case_no": number, "decision": "1", "decision_date": day(decided), "told_date": day(days(decided, 1)), "sampled": True,
           "begin_month": month_after(month(decided)), "amount_fen_month": fen, "cert_no": "Z" + number}
    row.update(more)
    return row


def check(town, person, kind_code, reported, night=1, by_county=True, **more):
    """An economic check that came back on a day, without the steps that it went through (before this tool was there)."""
    number = town.number("H")
    row = {"check_no": number, "check_kind": kind_code, "applicant_id_number": person.number, "applicant_name": person.name,
           "region": town.code, "authorised_date": day(days(reported, -9)), "requested_at": at(days(reported, -8)),
           "started_at": at(days(reported, -7)), "report_no": "B" + number, "report_date": day(reported), "result": "1"}
    row.update(more)
    town.put("economy_check", row, night, by=town.county if by_county else None)
    return number


def benefit(town, person, programme, begin, fen, end=None, night=1, **more):
    row = {"programme": programme, "recipient_id_number": person.number, "recipient_name": person.name, "begin_month": begin,
           "fen_month": fen, "mode": "1", "region": town.code}
    if end:
        row.update(end_month=end, stop_reason="07")
    row.update(more)
    town.decide("benefit", row, night)
    return (programme, person.number, begin)


def payment(town, person, programme, period, fen, status="3", night=1, step=0, batch=None, **more):
    """One payment; paid on the 8th of its month unless something else is said. Its natural key."""
    batch = batch or f"{town.code[:9]}-{period.replace('-', '')}-{programme}"
    row = {"batch_no": batch, "programme": programme, "payee_id_number": person.number, "period": period, "fen": fen,
           "account_last4": f"{town.rng.randrange(10000):04d}", "pay_status": status, "region": town.code, "bank_code": "402553"}
    if status == "3":
        row["paid_date"] = f"{period}-08"
    row.update(more)
    town.decide("payment", row, night, step)
    return (batch, programme, person.number, period)


def paid(town, person, programme, begin, fen, end=None, **more):
    """A benefit and its payments of the last months; next month's is planned."""
    benefit(town, person, programme, begin, fen, end, **more)
    for period in MONTHS_PAID:
        if begin <= period and (end is None or period <= end):
            payment(town, person, programme, period, fen)
    if end is None:
        payment(town, person, programme, "2018-04", fen, status="1")


def active_mla(town, persons, household, applied=None, is_paid=True, is_checked=True, **more):
    """A living allowance that was granted last year: the case, its check, the benefit. Its case number."""
    rng, head = town.rng, persons[0]
    applied = applied or datetime.date(2017, 3, 1) + datetime.timedelta(days=rng.randrange(180))
    number, area = town.number("D"), rng.choice("12")
    area = more.get("area", area)
    decided, fen = days(applied, 18), min(rng.randrange(100, 500) * 100, STANDARDS[area] * len(persons))
    row = case_row(town, head, number, "0" + area, applied, 5)
    row.update(status="active", area=area, household_no=household, review_cycle_month=rng.choice((6, 12)), counted_members=len(persons),
               last_review_date=day(datetime.date(2017, 12, 1) + datetime.timedelta(days=rng.randrange(80))), calc_method="1",
               votes_for=9, votes_against=1)
    row.update(more)
    town.put("mla_case", row)
    decision = decision_row(number, decided, fen)
    if is_checked:
        decision.pop("sampled")
        check(town, head, "01", days(decided, -3), case_no=number)
        town.decide("mla_case", decision)
    if is_paid:
        paid(town, head, "0" + area, decision["begin_month"], fen, case_no=number, household_no=household,
             covered=sorted(person.number for person in persons), persons=len(persons))
    return number


def active_tk(town, person, **more):
    """Extreme poverty support of one aged person, granted last year."""
    applied = datetime.date(2017, 4, 1) + datetime.timedelta(days=town.rng.randrange(120))
    number = town.number("K")
    decided = days(applied, 20)
    row = case_row(town, person, number, "03", applied, 5)
    row.update(status="active", no_labor_basis="1", no_income=True, no_supporter_basis="1", support_mode="2", care_agreement_no="X" + number)
    row.update(more)
    town.put("tk_case", row)
    check(town, person, "02", days(decided, -2), case_no=number)
    decision = decision_row(number, decided, None, basic_fen_month=65000, care_fen_month=10000, selfcare_grade="1", assess_date=day(days(decided, -1)),
                            assessor="县评估组", **dict.fromkeys(("selfcare_eat", "selfcare_dress", "selfcare_bed", "selfcare_toilet",
                                                               "selfcare_walk", "selfcare_bath"), True))
    town.decide("tk_case", decision)
    paid(town, person, "03", decision["begin_month"], 75000, case_no=number)
    return number


def certificate(town, person, type_code="4", grade=2, night=1, office=None, **more):
    """A disability certificate in the register of the city (or of another office)."""
    number = f"{person.number}{type_code}{grade}"
    row = {"cert_no": number, "id_number": person.number, "name": person.name, "disability_type": type_code, "disability_grade": grade,
           "issued_date": "2012-05-20", "valid_to": "2022-05-19", "cert_state": "1", "region": town.code, "as_of": day(NIGHTS[0])}
    row.update(more)
    town.city.roll(office or "430300000000", "disability_roll", row, night)
    return number


def active_dis(town, person, grade=2, cert_grade=None, has_roll=True, is_living=True, is_nursing=True, roll=None, is_paid=True, **more):
    """The two subsidies for the disabled, granted last year. Its case number."""
    number, applied = town.number("C"), datetime.date(2017, 5, 8)
    cert = f"{person.number}4{cert_grade or grade}"
    if has_roll:
        cert = certificate(town, person, "4", cert_grade or grade, **(roll or {}))
    row = {"case_no": number, "programme": "13" if is_living else "14", "applicant_id_number": person.number, "applicant_name": person.name,
           "region": town.code, "village_region": person.village, "apply_channel": "1", "apply_date": day(applied),
           "accept_date": day(days(applied, 1)), "first_review_date": day(days(applied, 3)), "opinion": "1", "opinion_date": day(days(applied, 3)),
           "submit_date": day(days(applied, 8)), "status": "active", "handler": handlers(town)[0], "living_on": is_living,
           "nursing_on": is_nursing, "disability_cert_no": cert, "disability_type": "4", "disability_grade": grade,
           "cert_valid_to": "2022-05-19"}
    if is_living:
        row["living_basis"] = "1"
    if is_nursing:
        row["nursing_basis"] = str(grade)
    row.update(more)
    town.put("dis_allowance", row)
    town.decide("dis_allowance", {"case_no": number, "dpf_opinion": "1", "dpf_opinion_date": day(days(applied, 6)), "decision": "1",
                                  "decision_date": day(days(applied, 10)), "begin_month": "2017-05",
                                  "living_fen_month": 5500 if is_living else 0, "nursing_fen_month": 5500 if is_nursing else 0})
    for programme, is_on in (("13", is_living), ("14", is_nursing)):
        if is_on and is_paid:
            paid(town, person, programme, "2017-05", 5500, case_no=number)
    return number


def low_income(town, person, kind="4", applied=datetime.date(2017, 9, 4), is_checked=True, checked=None, night=1, **more):
    """A certificate of low income that holds until the autumn. Its case number."""
    number = town.number("B")
    decided = days(applied, 20)
    row = case_row(town, person, number, "04" if kind == "4" else "05", applied, 3)
    row.update(status="approved", submit_date=day(days(applied, 16)), low_kind=kind, member_count=1, decision="1", decision_date=day(decided),
               told_date=day(days(decided, 1)), valid_from=day(decided), valid_to="2018-08-31")
    row.update(more)
    if is_checked:
        check(town, person, "08" if kind == "4" else "09", days(decided, -1), case_no=number, **(checked or {}))
    town.decide("low_income_cert", row, night)
    return number


def no_carer(town, child, guardian, **more):
    """The support of a child without anybody who can bring it up; there is never a notice."""
    number = town.number("E")
    row = {"case_no": number, "programme": "10", "applicant_id_number": guardian.number, "applicant_name": guardian.name, "region": town.code,
           "village_region": child.village, "apply_channel": "4", "apply_date": "2017-06-05", "accept_date": "2017-06-06",
           "verify_date": "2017-06-12", "opinion": "1", "opinion_date": "2017-06-13", "submit_date": "2017-06-14", "status": "active",
           "handler": handlers(town)[0], "child_id_number": child.number, "child_name": child.name, "child_kind": "5",
           "guardian_id_number": guardian.number, "guardian_name": guardian.name, "guardian_relation": "60", "father_status": "06",
           "mother_status": "07", "care_mode": "1"}
    row.update(more)
    town.put("child_case", row)
    town.decide("child_case", {"case_no": number, "decision": "1", "decision_date": "2017-06-26", "told_date": "2017-06-27",
                               "begin_month": "2017-07", "amount_fen_month": 95000})
    paid(town, child, "10", "2017-07", 95000, case_no=number)
    return number


def visit(town, person, kind="3", night=1, **more):
    batch = f"{town.code[:9]}-2018CJ"
    row = {"batch_no": batch, "id_number": person.number, "name": person.name, "region": town.code, "festival": "2", "visit_class": kind,
           "cash_fen": 50000, "goods": [{"item": "大米", "quantity": 1, "fen": 8000}], "visitor": handlers(town)[1],
           "visit_date": "2018-02-08", "plan_date": "2018-02-14"}
    row.update(more)
    town.put("visit_grant", row, night)
    return (batch, person.number)


def registered_poor(town, person, night=1, **more):
    number = town.number("P")
    row = {"registry_no": number, "id_number": person.number, "name": person.name, "era": "1", "in_date": "2014-06-01", "region": town.code,
           "as_of": day(NIGHTS[0])}
    row.update(more)
    town.city.roll(town.county, "poverty_link", row, night)


def temporary(town, person, cause="1", night=1, **more):
    """Help in an emergency, paid first: fire in the night, cash within the hour, papers some days later. Its case number."""
    number = town.number("L")
    row = {"case_no": number, "programme": "06", "applicant_id_number": person.number, "applicant_name": person.name, "region": town.code,
           "event_region": person.village, "apply_channel": "4", "ta_kind": "1", "cause": cause, "path": "1", "form": "1",
           "reported_at": "2018-03-21T22:00:00+08:00", "reported_by": "村干部", "handler": handlers(town)[0], "status": "paid_first",
           "paid_at": "2018-03-21T23:00:00+08:00"}
    row.update(more)
    town.put("ta_case", row, night)
    return number


def ticket(town, person, opened, night=1, **more):
    number = town.number("Q")
    row = {"ticket_no": number, "window": town.name + "一次办结窗口", "first_asked": handlers(town)[0], "demand": ["咨询救助"], "route": "1",
           "due_date": day(days(opened, 20)), "opened_at": at(opened, 9), "status": "opened", "applicant_id_number": person.number,
           "applicant_name": person.name, "region": town.code}
    row.update(more)
    town.put("aid_ticket", row, night)
    return number


def moving_cases(town):
    """What changes in the three nights: a case that goes its way at the township, one at the county, a ticket, papers, payments."""
    person = town.single()
    number = town.number("D")
    applied = days(NIGHTS[0], -2)
    town.put("mla_case", {**case_row(town, person, number, "02", applied, 1), "area": "2", "status": "accepted"})
    town.put("mla_case", {"case_no": number, "status": "surveying", "survey_date": day(NIGHTS[1]), "surveyors": handlers(town)}, 2)
    town.put("mla_case", {"case_no": number, "status": "checked", "survey_signed": True}, 3)

    person = town.single()
    number, applied = town.number("D"), days(NIGHTS[0], -17)
    town.put("mla_case", {**case_row(town, person, number, "02", applied, 5), "area": "2", "status": "submitted", "review_cycle_month": 12,
                          "last_review_date": day(NIGHTS[2])})
    town.decide("mla_case", {"case_no": number, "status": "county_review", "county_handler": "县经办"})
    check(town, person, "01", days(NIGHTS[0], -4), case_no=number)
    decision = decision_row(number, NIGHTS[1], 32000)
    town.decide("mla_case", {**decision, "status": "approved"}, 2)
    town.decide("mla_case", {"case_no": number, "status": "active"}, 3)
    benefit(town, person, "02", decision["begin_month"], 32000, night=3, case_no=number, household_no=person.household,
            covered=[person.number])
    payment(town, person, "02", decision["begin_month"], 32000, status="1", night=3)

    number = ticket(town, person, days(NIGHTS[0], -1), route="3", to_depts=["hr"], dept_handler="人社经办")
    town.put("aid_ticket", {"ticket_no": number, "status": "routed", "routed_at": at(NIGHTS[0], 11)}, 1, 1)
    town.decide("aid_ticket", {"ticket_no": number, "status": "accepted", "accepted_at": at(NIGHTS[1], 9)}, 2)
    town.decide("aid_ticket", {"ticket_no": number, "status": "done", "done_at": at(NIGHTS[2], 9), "result": "已推荐公益性岗位"}, 3)

    person = town.single()
    number = temporary(town, person, event_no=f"火{town.serial('event')}")
    town.put("ta_case", {"case_no": number, "status": "paperwork"}, 2)
    town.put("ta_case", {"case_no": number, "status": "closed", "paperwork_done": day(NIGHTS[2])}, 3)


def reviews(town, number, due_month, night_done=0):
    town.put("review", {"case_no": number, "due_month": due_month, "cycle_month": 6, "status": "planned", "handler": handlers(town)[0],
                        "region": town.code})
    if night_done:
        town.put("review", {"case_no": number, "due_month": due_month, "status": "reviewed", "review_date": day(NIGHTS[night_done - 1]),
                            "finding": "1"}, night_done)


def funds(city, county):
    """Money that the county received and splits among its townships within the limit; it lies in the county's own partition."""
    received = days(NIGHTS[0], -20)
    number = f"财社〔2018〕{county[2:6]}号"
    towns = [town for town in city.towns if town.county == county]
    row = {"doc_no": number, "fund_project": "困难群众救助补助资金", "region": county, "source_level": "1", "fund_source": "03", "fund_kind": "1",
           "year": 2018, "issued_date": day(days(received, -5)), "received_date": day(received), "fen": 1000000 * len(towns),
           "due_date": "2018-06-30", "status": "received", "handler": "县财政经办"}
    city.put(county, county, "fund_flow", row, 1, 0)
    city.put(county, county, "fund_flow", {"doc_no": number, "fund_project": row["fund_project"], "region": county, "status": "split",
                                           "split_date": day(NIGHTS[1]),
                                           "split_to": [{"region": town.code, "fen": 1000000} for town in towns]}, 2, 0)


def settle(town, persons):
    """Households until so many persons live here, and what they draw."""
    rng, count = town.rng, 0
    while count < persons:
        size = min(rng.choice((1, 2, 2, 3, 3, 4, 5)), persons - count)
        people = [town.person(20, 92)] + [town.person(1, 92) for _ in range(size - 1)]
        household = town.household(people)
        count += size
        head = people[0]
        if size == 1 and head.age >= 61:
            active_tk(town, head)
            if rng.random() < 0.5:
                visit(town, head, "3")
        elif rng.random() < 0.25:
            number = active_mla(town, people, household)
            if rng.random() < 0.5:
                reviews(town, number, rng.choice(("2018-03", "2018-05")), rng.choice((0, 2, 3)))
            if rng.random() < 0.4:
                visit(town, head, "1")
        elif rng.random() < 0.1:
            low_income(town, head)
        elif rng.random() < 0.1 and head.age < 60:
            active_dis(town, head, is_living=False)
        for person in people:
            if person.age >= 81 and person is not head:
                paid(town, person, "20", "2017-01", 10000)


def live(city, persons):
    for index, town in enumerate(city.towns):
        settle(town, persons)
        poor = town.single()
        registered_poor(town, poor)
        visit(town, poor, "2")
        if index % 2 == 0:
            moving_cases(town)
        if index % 3 == 0:
            guardian, child = town.person(60, 70), town.person(5, 13)
            town.household([guardian, child])
            no_carer(town, child, guardian)
    for county in city.counties:
        funds(city, county)


def last_day(working_days, night=0):
    """From when a limit counts that ends on this night's day."""
    return before(NIGHTS[night], working_days)
