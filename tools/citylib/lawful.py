"""What looks wrong and is not: each function lays one lawful near-miss, a step away from a fault of faults.py or stages.py. Nothing
may be found in them.
"""
from days import NIGHTS, at, before, day, days
from faults import accepted, accepted_and_decided
from stages import applied_for
from stock import (active_dis, active_mla, active_tk, benefit, case_row, certificate, check, handlers, low_income, no_carer, payment, registered_poor,
                   temporary, ticket, visit)

LAST = NIGHTS[2]
PAYMENT = ("batch_no", "programme", "payee_id_number", "period")


def applied_again_after_withdrawal(city):
    here, there = city.two()
    man = here.single()
    number = accepted(here, man)
    here.put("mla_case", {"case_no": number, "status": "withdrawn"}, 1, 1)
    accepted(there, man, night=2)


def other_programme_group(city):
    town = city.town()
    man = town.single()
    accepted(town, man)
    temporary(town, man, "2", night=2)


def another_event(city):
    here, there = city.two()
    man = here.single()
    number = temporary(here, man, "1", event_no=f"火灾甲{city.turn}")
    here.put("ta_case", {"case_no": number, "status": "closed", "paperwork_done": day(NIGHTS[0])}, 1, 1)
    temporary(there, man, "1", night=2, event_no=f"火灾乙{city.turn}")


def neighbours_of_one_event(city):
    here, there = city.two()
    temporary(here, here.single(), "6", event_no=f"山洪丙{city.turn}")
    temporary(there, there.single(), "6", event_no=f"山洪丙{city.turn}")


def one_name_two_men(city):
    here, there = city.two()
    one, other = here.single(), there.person(20, 59, is_recorded=False)
    other.name = one.name
    there.record(other)
    there.household([other])
    accepted(here, one)
    accepted(there, other)


def dead_in_the_old_register(city):
    here, there = city.two(is_one_county=False)
    man = here.single(60, 90, life_status="2", death_date="2015-05-05")
    there.record(man, night=2)


def moved_register(city):
    here, there = city.two(is_one_county=False)
    man = here.person(30, 60)
    city.act(2, here.code, "remove", kind="person", key=[man.number])
    there.record(man, night=2)


def named_and_not_counted(city):
    here, there = city.two()
    head, child, other = here.person(40, 60), here.person(18, 25), there.person(40, 60)
    here.household([head, child])
    there.household([other, child], counted=[other])


def moved_household(city):
    here, there = city.two()
    head, child, other = here.person(40, 60), here.person(18, 25), there.person(40, 60)
    number = here.household([head, child])
    there.household([other, child], night=2)
    here.put("household", {"household_no": number, "members": [{"id_number": head.number, "relation": "02", "counted": True}]}, 2)


def month_behind_month(city):
    """Stop the old, open the new: the months meet and do not overlap."""
    town = city.town()
    widow, heir = town.person(60, 70), town.person(30, 50)
    household = town.household([widow, heir])
    benefit(town, widow, "02", "2017-01", 40000, "2018-02", household_no=household, covered=sorted([widow.number, heir.number]))
    benefit(town, heir, "02", "2018-03", 30000, household_no=household, covered=[heir.number])


def one_benefit_after_the_other(city):
    here, there = city.two(is_one_county=False)
    old = here.single(82, 92)
    benefit(here, old, "20", "2017-01", 10000, "2017-08")
    benefit(there, old, "20", "2017-09", 10000)


def into_extreme_poverty_support(city):
    town = city.town()
    old = town.single(62, 90)
    benefit(town, old, "02", "2017-01", 40000, "2017-11")
    benefit(town, old, "03", "2017-12", 75000)


def child_with_nursing_subsidy(city):
    """A child without anybody to bring it up may draw the nursing subsidy beside its allowance."""
    town = city.town()
    guardian, child = town.person(60, 70), town.person(5, 13)
    town.household([guardian, child])
    no_carer(town, child, guardian)
    benefit(town, child, "14", "2017-09", 5000)


def old_age_beside_support(city):
    town = city.town()
    old = town.single(82, 92)
    benefit(town, old, "03", "2017-02", 75000)
    benefit(town, old, "20", "2017-02", 10000)


def paid_for_the_month_of_death(city):
    town = city.town()
    dead = town.single(60, 90, life_status="2", death_date="2018-02-03")
    benefit(town, dead, "02", "2017-01", 40000)
    payment(town, dead, "02", "2018-02", 40000)


def paid_and_died_since(city):
    town = city.town()
    dead = town.single(60, 90)
    benefit(town, dead, "02", "2017-01", 40000, "2018-03")
    payment(town, dead, "02", "2018-03", 40000)
    town.put("person", {"id_number": dead.number, "life_status": "2", "death_date": day(NIGHTS[0])}, 2)


def planned_and_not_sent(city):
    town = city.town()
    dead = town.single(60, 90, life_status="2", death_date="2018-01-10")
    benefit(town, dead, "02", "2017-01", 40000)
    payment(town, dead, "02", "2018-04", 40000, "1")


def namesake_in_the_death_register(city):
    """The register has a citizen id that differs in one day of birth."""
    town = city.town()
    man, other = town.single(60, 90), town.person(60, 90, is_recorded=False)
    benefit(town, man, "02", "2017-01", 40000)
    payment(town, man, "02", "2018-03", 40000)
    city.roll(town.county, "death_roll", {"id_number": other.number, "name": man.name, "death_date": "2018-01-05", "source": "1"}, 2)


def dead_in_both(city):
    town = city.town()
    dead = town.single(60, 90, life_status="2", death_date="2017-11-20")
    city.roll(town.county, "death_roll", {"id_number": dead.number, "name": dead.name, "death_date": "2017-11-20", "source": "1"})


def out_of_prison(city):
    town = city.town()
    man = town.single()
    benefit(town, man, "02", "2018-03", 40000)
    payment(town, man, "02", "2018-03", 40000)
    city.roll("430300000000", "status_roll", {"id_number": man.number, "name": man.name, "what": "1", "from_date": "2015-06-01",
                                              "to_date": "2018-02-20"}, 2)


def first_and_last_month(city):
    town = city.town()
    man = town.single()
    benefit(town, man, "02", "2018-02", 40000, "2018-03")
    payment(town, man, "02", "2018-02", 40000)
    payment(town, man, "02", "2018-03", 40000)


def returned_and_sent_again(city):
    """The account was wrong: returned on the second night, sent again on the third."""
    town = city.town()
    man = town.single()
    benefit(town, man, "02", "2017-01", 40000)
    key = payment(town, man, "02", "2018-03", 40000)
    town.decide("payment", dict(zip(PAYMENT, key), pay_status="4", return_reason="1"), 2)
    town.decide("payment", dict(zip(PAYMENT, key), pay_status="5", account_last4="0001"), 3)


def paid_in_two_parts(city):
    """March is covered by the second of two benefits."""
    town = city.town()
    man = town.single()
    benefit(town, man, "02", "2017-01", 40000, "2018-01")
    benefit(town, man, "02", "2018-03", 42000)
    payment(town, man, "02", "2018-03", 42000)


def checked_on_the_day(city):
    town = city.town()
    accepted_and_decided(town, town.single(), 2, checked={"reported": NIGHTS[1]})


def refused_without_check(city):
    town = city.town()
    number = town.number("D")
    town.put("mla_case", {**case_row(town, town.single(), number, "02", days(NIGHTS[0], -17), 5), "status": "submitted"})
    town.decide("mla_case", {"case_no": number, "status": "county_review"})
    town.decide("mla_case", {"case_no": number, "status": "refused", "decision": "2", "decision_date": day(NIGHTS[1]), "refuse_reason": "4",
                             "told_date": day(NIGHTS[1])}, 2)


def checked_twice(city):
    """The first check said too rich, the objection was right."""
    town = city.town()
    person = town.single()
    check(town, person, "01", days(NIGHTS[0], -9), result="2")
    accepted_and_decided(town, person, 2, checked={"reported": days(NIGHTS[0], -1)})


def rich_long_ago(city):
    town = city.town()
    man = town.single()
    active_mla(town, [man], man.household, is_paid=False)
    city.roll("430300000000", "economy_roll", {"report_no": f"H{town.number('R')}", "id_number": man.number, "name": man.name,
                                               "report_date": "2015-01-10", "valid_to": "2016-01-10", "result": "2"}, 2)


def not_conclusive(city):
    town = city.town()
    man = town.single()
    active_mla(town, [man], man.household, is_paid=False)
    city.roll("430300000000", "economy_roll", {"report_no": f"H{town.number('R')}", "id_number": man.number, "name": man.name,
                                               "report_date": "2018-03-10", "result": "3"}, 2)


def certificate_until_the_month(city):
    town = city.town()
    active_dis(town, town.single(), is_living=False, roll={"issued_date": "2007-05-31", "valid_to": "2017-05-30"})


def two_certificates(city):
    """The old certificate was cancelled; the case names the new one."""
    town = city.town()
    person = town.single()
    certificate(town, person, "4", 3, cert_state="3")
    active_dis(town, person, is_living=False)


def left_the_registry_later(city):
    town = city.town()
    person = town.single()
    registered_poor(town, person, out_date="2017-11-30")
    low_income(town, person, "3")


def visited_as_something_else(city):
    town = city.town()
    visit(town, town.single(), "1", night=2)


def registered_and_visited(city):
    town = city.town()
    person = town.single()
    registered_poor(town, person, night=2)
    visit(town, person, "2", night=2)


def relative_declared(city):
    town = city.town()
    cadre, brother = town.single(), town.single()
    relation = {"staff_id_number": cadre.number, "staff_name": cadre.name, "staff_kind": "2", "relative_id_number": brother.number,
                "relative_name": brother.name, "relation": "73"}
    number = town.number("D")
    town.put("relation_declared", {**relation, "declared_date": day(days(NIGHTS[0], -12))})
    town.put("mla_case", {**case_row(town, brother, number, "02", days(NIGHTS[0], -17), 5), "status": "submitted", "staff_relative": True})
    city.roll(town.county, "staff_roll", relation, 2)


def relative_not_yet_submitted(city):
    town = city.town()
    cadre, brother = town.single(), town.single()
    accepted(town, brother)
    city.roll(town.county, "staff_roll", {"staff_id_number": cadre.number, "staff_kind": "1", "relative_id_number": brother.number,
                                          "relation": "73"}, 2)


def rigid_after_the_allowance(city):
    here, there = city.two()
    person = here.single()
    benefit(here, person, "02", "2016-05", 40000, "2017-08")
    low_income(there, person, "5")


def raised_with_the_standard(city):
    """Began under the standards of 2017; the rural one of 2018 is 3,400.00 a year, 283.33 a month, and 566.67 for two."""
    town = city.town()
    man, pair = town.single(), [town.person(30, 50), town.person(30, 50)]
    for persons, household, fen in (([man], man.household, 28334), (pair, town.household(pair), 56667)):
        number = active_mla(town, persons, household, is_paid=False, programme="02", area="2")
        town.decide("mla_case", {"case_no": number, "status": "raised", "amount_fen_month": fen}, 2)


def rural_support(city):
    town = city.town()
    number = active_tk(town, town.single(62, 90))
    town.decide("tk_case", {"case_no": number, "basic_fen_month": 36834, "care_fen_month": 50000, "selfcare_grade": "3",
                            **dict.fromkeys(("selfcare_eat", "selfcare_dress", "selfcare_bed", "selfcare_toilet"), False)}, 2)


def more_than_the_least(city):
    town = city.town()
    number = active_dis(town, town.single())
    town.decide("dis_allowance", {"case_no": number, "nursing_fen_month": 9900}, 2)


def prices_at_the_line(city):
    """On the line both is lawful, to start and not to; next to it one of them."""
    county = city.town().county
    for month, row in (("2018-01", {"triggered": "3", "per_person_fen": 2000, "cpi_bp": 350, "food_cpi_bp": 600}),
                       ("2018-02", {"cpi_bp": 350, "food_cpi_bp": 600}), ("2018-03", {"triggered": "9", "cpi_bp": 120, "food_cpi_bp": -300})):
        if (county, month) not in city.priced:
            city.priced.add((county, month))
            city.put(county, county, "price_link", {"region": county, "month": month, **row}, 2, 0)


def refused_above_the_standard(city):
    town = city.town()
    number = town.number("D")
    town.put("mla_case", {**case_row(town, town.single(), number, "02", days(NIGHTS[0], -17), 5), "status": "submitted", "counted_members": 1})
    town.decide("mla_case", {"case_no": number, "begin_month": "2018-04", "amount_fen_month": 99900}, 2)


def ended_before_the_merger(city):
    """The old code of a township that was merged stays in what is over; a township that only got another name keeps its code."""
    town = city.town()
    gone, renamed = (f"{town.county[:6]}{600 + city.serial(town.county)}000" for _ in range(2))
    row = {"code": gone, "region_name": "已撤销的乡", "valid_from": "1995-01-01", "valid_to": "2017-06-30", "successor_code": town.code,
           "region_state": "3"}
    city.put(town.county, town.county, "region", row, 1, 0)
    city.put(town.county, town.county, "region", {"code": renamed, "region_name": "改名的乡", "valid_from": "2017-07-01", "region_state": "1"}, 1, 0)
    number = accepted(town, town.single(), region=gone)
    town.put("mla_case", {"case_no": number, "status": "withdrawn"}, 1, 1)
    accepted(town, town.single(), region=renamed)


def several_steps_in_one_evening(city):
    town = city.town()
    number = accepted(town, town.single())
    town.put("mla_case", {"case_no": number, "status": "surveying"}, 2)
    town.put("mla_case", {"case_no": number, "status": "checked"}, 2, 1)
    town.put("mla_case", {"case_no": number, "status": "opinion"}, 2, 2)
    town.put("mla_case", {"case_no": number, "status": "surveying"}, 3)


def sent_back_by_the_county(city):
    town = city.town()
    number = town.number("D")
    town.put("mla_case", {**case_row(town, town.single(), number, "02", days(NIGHTS[0], -17), 5), "status": "submitted"})
    town.decide("mla_case", {"case_no": number, "status": "county_review"})
    town.decide("mla_case", {"case_no": number, "status": "opinion"}, 2)
    town.put("mla_case", {"case_no": number, "status": "notice", "notice_from": day(LAST), "notice_to": day(days(LAST, 7))}, 3)


def surveyed_on_the_last_day(city):
    town = city.town()
    number = town.number("D")
    town.put("mla_case", {**case_row(town, town.single(), number, "02", applied_for(10, LAST), 1), "status": "accepted"})


def decided_on_the_last_day(city):
    town = city.town()
    number = town.number("K")
    row = case_row(town, town.single(), number, "03", days(NIGHTS[0], -60), 5)
    town.put("tk_case", {**row, "status": "submitted", "submit_date": day(before(LAST, 15))})


def complex_case(city):
    """More than 30 working days, and it has 45."""
    town = city.town()
    number = town.number("B")
    town.put("low_income_cert", {**case_row(town, town.single(), number, "05", applied_for(31, NIGHTS[0]), 1), "status": "accepted",
                                 "low_kind": "5", "is_complex": True})


def notice_of_seven_days(city):
    town = city.town()
    number = town.number("D")
    row = case_row(town, town.single(), number, "02", days(NIGHTS[0], -14), 3)
    town.put("mla_case", {**row, "status": "accepted"})
    for step, status in enumerate(("surveying", "checked", "opinion"), 1):
        town.put("mla_case", {"case_no": number, "status": status}, 1, step)
    town.put("mla_case", {"case_no": number, "status": "notice", "notice_from": day(days(NIGHTS[1], -7)), "notice_to": day(NIGHTS[1])}, 2)


def told_on_the_next_working_day(city):
    """Done on the Thursday; the Friday is in time."""
    town = city.town()
    number = ticket(town, town.single(), days(NIGHTS[0], -1))
    town.put("aid_ticket", {"ticket_no": number, "status": "done", "done_at": at(NIGHTS[1], 9), "result": "已答复"}, 2)


def answered_on_the_last_day(city):
    town = city.town()
    opened = before(LAST, 5)
    number = ticket(town, town.single(), opened, route="3", to_depts=["hr"])
    town.put("aid_ticket", {"ticket_no": number, "status": "routed", "routed_at": at(opened, 15)}, 1, 1)


def certificate_of_today(city):
    town = city.town()
    person, number = town.single(), town.number("C")
    town.put("dis_allowance", {"case_no": number, "programme": "14", "region": town.code, "applicant_id_number": person.number,
                               "status": "active", "disability_cert_no": certificate(town, person), "disability_grade": 2,
                               "disability_type": "4", "cert_valid_to": day(LAST), "nursing_on": True, "nursing_basis": "2"})


def review_in_its_month(city):
    town = city.town()
    number = town.number("D")
    town.put("review", {"case_no": number, "due_month": "2018-03", "status": "planned", "handler": handlers(town)[0]})


NEAR_MISSES = tuple(value for name, value in list(globals().items())
                    if callable(value) and getattr(value, "__module__", None) == __name__)


def plant(city, count):
    """At least so many, each kind of them at least once."""
    laid = 0
    while laid < max(count, len(NEAR_MISSES)):
        for near_miss in NEAR_MISSES:
            near_miss(city)
            city.lawful(near_miss.__name__.replace("_", " "))
            laid += 1
