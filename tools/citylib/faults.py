"""What is wrong across records, and its truth. Each function plants one fault in fresh persons and writes down what an office above
must find: the rule, the record, and whether it is open after each of the three nights.
"""
from days import NIGHTS, day, days
from stock import (active_dis, active_mla, active_tk, benefit, case_row, check, decision_row, low_income, no_carer, payment, temporary,
                   visit)

OPEN = ("open", "open", "open")
FROM_SECOND = (None, "open", "open")
UNTIL_THIRD = ("open", "open", "closed")
ONLY_SECOND = (None, "open", "closed")


def accepted(town, person, night=1, kind="mla_case", letter="D", programme="02", **more):
    number = town.number(letter)
    row = case_row(town, person, number, programme, days(NIGHTS[0], -3), 1)
    row["status"] = "accepted"
    row.update(more)
    town.put(kind, row, night)
    return number


def both(city, rule, kind, places, states, fault, others=1, about=""):
    for town, key in places:
        city.finds(rule, kind, key, town, states, about=about, others=others, fault=fault)


# --- the same thing twice ---


def twice_in_one_county(city):
    """One man applies in two townships in the same week; withdrawn in one of them on the third night."""
    here, there = city.two()
    man = here.single()
    first, second = accepted(here, man), accepted(there, man)
    there.put("mla_case", {"case_no": second, "status": "withdrawn"}, 3)
    both(city, "U2", "mla_case", ((here, first), (there, second)), UNTIL_THIRD, "applied in two townships of one county")


def twice_in_two_counties(city):
    here, there = city.two(is_one_county=False)
    man = here.single()
    first, second = accepted(here, man), accepted(there, man, night=2, programme="01")
    both(city, "U2", "mla_case", ((here, first), (there, second)), FROM_SECOND, "applied in two counties")


def twice_at_one_desk(city):
    town = city.town()
    man = town.single()
    first, second = accepted(town, man), accepted(town, man)
    both(city, "U2", "mla_case", ((town, first), (town, second)), OPEN, "applied twice in one township")


def three_times(city):
    """Explained by one township on the second night; a third case on the third night opens it again."""
    here, there = city.two()
    man = here.single()
    first, second = accepted(here, man), accepted(there, man)
    third = accepted(there, man, night=3)
    city.act(2, here.code, "explain", rule="U2", kind="mla_case", key=[first], reason="SAMENAME")
    city.finds("U2", "mla_case", first, here, ("open", "explained", "open"), others=(1, 1, 2), fault="explained, and a third case comes")
    both(city, "U2", "mla_case", ((there, second),), OPEN, "applied three times", others=(1, 1, 2))
    both(city, "U2", "mla_case", ((there, third),), (None, None, "open"), "applied three times", others=2)


def explained(city):
    here, there = city.two()
    man = here.single()
    first, second = accepted(here, man), accepted(there, man)
    city.act(3, there.code, "explain", rule="U2", kind="mla_case", key=[second], reason="MISTYPED")
    city.finds("U2", "mla_case", first, here, OPEN, fault="explained by the other township")
    city.finds("U2", "mla_case", second, there, ("open", "open", "explained"), fault="explained")


def twice_other_programmes(city):
    here, there = city.two(is_one_county=False)
    for kind, letter, programme, more in (("tk_case", "K", "03", {}), ("dis_allowance", "C", "13", {"cert_valid_to": "2022-05-19"}),
                                          ("low_income_cert", "B", "04", {"low_kind": "4"})):
        man = here.single()
        first = accepted(here, man, kind=kind, letter=letter, programme=programme, **more)
        second = accepted(there, man, night=2, kind=kind, letter=letter, programme=programme, **more)
        both(city, "U2", kind, ((here, first), (there, second)), FROM_SECOND, f"applied twice: {kind}")
    here, there = city.two()
    man = here.single()
    first, second = temporary(here, man, "2"), temporary(there, man, "2")
    there.put("ta_case", {"case_no": second, "status": "closed", "paperwork_done": day(NIGHTS[2])}, 3)
    both(city, "U2", "ta_case", ((here, first), (there, second)), UNTIL_THIRD, "the same emergency twice")


def one_child_two_townships(city):
    here, there = city.two()
    guardian, child = here.person(50, 70), here.person(4, 12)
    here.household([guardian, child])
    rows = []
    for town in (here, there):
        number = town.number("E")
        town.put("child_case", {"case_no": number, "programme": "10", "apply_date": day(days(NIGHTS[0], -2)), "status": "accepted",
                                "accept_date": day(days(NIGHTS[0], -1)), "child_id_number": child.number, "child_name": child.name,
                                "child_kind": "9", "guardian_id_number": guardian.number, "region": town.code})
        rows.append((town, number))
    both(city, "U2", "child_case", rows, OPEN, "one child in two townships")


def registered_twice(city):
    """Two births of one person; the second register takes its row back on the third night."""
    here, there = city.two(is_one_county=False)
    man = here.single()
    there.record(man, night=2)
    city.act(3, there.code, "remove", kind="person", key=[man.number])
    city.finds("U1", "person", man.number, here, ONLY_SECOND, fault="one citizen id in two registers")
    city.finds("U1", "person", man.number, there, ONLY_SECOND, removed=3, fault="one citizen id in two registers")


def two_households(city):
    here, there = city.two()
    head, child, other = here.person(30, 60), here.person(10, 19), there.person(30, 60)
    first, second = here.household([head, child]), there.household([other, child])
    there.put("household", {"household_no": second, "members": [
        {"id_number": other.number, "relation": "02", "counted": True},
        {"id_number": child.number, "relation": "20", "counted": False, "exclude_reason": "4"}]}, 3)
    both(city, "U3", "household", ((here, first), (there, second)), UNTIL_THIRD, "counted in two households", about=child.number)


def same_event(city):
    here, there = city.two()
    man, event = here.single(), f"山洪{city.turn}"
    first, second = temporary(here, man, "6", event_no=event), temporary(there, man, "5", night=2, event_no=event)
    both(city, "X8", "ta_case", ((here, first), (there, second)), FROM_SECOND, "the same event in two townships")


def same_flood(city):
    """Relief of one house in one flood, asked for in two townships; and the same bill of a hospital, and a child on two lists."""
    here, there = city.two()
    man, child, event = here.single(), here.person(5, 12), f"洪灾{city.turn}"
    row = {"applicant_id_number": man.number, "applicant_name": man.name, "event_no": event, "event_date": "2018-03-20", "aid_stage": "1",
           "status": "nominated", "nominate_date": "2018-03-22", "handler": "经办"}
    first, second = here.number("Z"), there.number("Z")
    here.put("disaster_case", {**row, "case_no": first, "region": here.code})
    there.put("disaster_case", {**row, "case_no": second, "region": there.code}, 2)
    both(city, "X8", "disaster_case", ((here, first), (there, second)), FROM_SECOND, "relief for one event in two townships")
    first, second = here.number("Y"), there.number("Y")
    bill = {"applicant_id_number": man.number, "applicant_name": man.name, "aid_kind": "2", "hospital": "县人民医院", "admit_date": "2018-03-01",
            "leave_date": "2018-03-09", "accept_date": day(NIGHTS[0]), "status": "accepted", "handler": "经办"}
    here.put("med_aid", {**bill, "case_no": first, "region": here.code})
    there.put("med_aid", {**bill, "case_no": second, "region": there.code})
    there.put("med_aid", {"case_no": second, "status": "withdrawn"}, 3)
    both(city, "U2", "med_aid", ((here, first), (there, second)), UNTIL_THIRD, "one bill in two townships")
    row = {"child_id_number": child.number, "child_name": child.name, "status": "registered", "register_date": "2018-03-01",
           "contact_cycle_days": 90, "last_visit_date": "2018-03-01", "handler": "儿童主任"}
    here.put("lbc_child", {**row, "region": here.code})
    there.put("lbc_child", {**row, "region": there.code}, 2)
    both(city, "unique:child_id_number", "lbc_child", ((here, child.number), (there, child.number)), FROM_SECOND, "one child on two lists")


# --- benefits that exclude each other ---


def drawn_twice(city):
    here, there = city.two(is_one_county=False)
    old = here.single(82, 92)
    first = benefit(here, old, "20", "2017-03", 10000)
    second = benefit(there, old, "20", "2017-09", 10000)
    there.decide("benefit", {"programme": "20", "recipient_id_number": old.number, "begin_month": "2017-09", "end_month": "2017-09",
                             "stop_reason": "99"}, 2)
    here.decide("benefit", {"programme": "20", "recipient_id_number": old.number, "begin_month": "2017-03", "end_month": "2017-08",
                            "stop_reason": "04"}, 3)
    both(city, "X9", "benefit", ((here, first), (there, second)), UNTIL_THIRD, "one benefit in two townships")


def old_and_new_file(city):
    """The head of a household died; the old file was closed a month too late."""
    town = city.town()
    widow, heir = town.person(60, 70), town.person(30, 50)
    household = town.household([widow, heir])
    first = benefit(town, widow, "02", "2017-01", 40000, "2018-02", household_no=household)
    second = benefit(town, heir, "02", "2018-02", 30000, household_no=household, night=2)
    both(city, "X9h", "benefit", ((town, first), (town, second)), FROM_SECOND, "old and new file overlap")


def covered_twice(city):
    here, there = city.two()
    one, other, child = here.single(), there.single(), there.person(10, 17)
    first = benefit(here, one, "02", "2017-05", 40000, household_no=one.household, covered=sorted([one.number, child.number]))
    second = benefit(there, other, "02", "2017-06", 40000, household_no=other.household, covered=sorted([other.number, child.number]))
    both(city, "X9m", "benefit", ((here, first), (there, second)), OPEN, "one person covered by two allowances", about=child.number)


EXCLUDING = (
    ("X1", "02", "03", "living allowance and extreme poverty support"), ("X2", "03", "09", "extreme poverty support and an orphan's"),
    ("X3", "10", "13", "a child without carer and the living subsidy"), ("X4", "09", "13", "an orphan and the living subsidy"),
    ("X4b", "03", "14", "extreme poverty support and the nursing subsidy"), ("X2", "03", "10", "extreme poverty support and no carer"),
)


def excluded(city):
    for index, (rule, programme, other, fault) in enumerate(EXCLUDING):
        here, there = city.two(is_one_county=index % 2 == 0)
        person = here.single()
        first = benefit(here, person, programme, "2017-06", 40000)
        second = benefit(there, person, other, "2017-08", 9000, night=2 if index % 3 else 1)
        both(city, rule, "benefit", ((here, first), (there, second)), FROM_SECOND if index % 3 else OPEN, fault)


def covered_and_supported(city):
    here, there = city.two(is_one_county=False)
    head, old = here.person(30, 50), here.person(62, 90)
    household = here.household([head, old])
    first = benefit(here, head, "02", "2017-05", 60000, household_no=household, covered=sorted([head.number, old.number]))
    second = benefit(there, old, "03", "2017-10", 75000)
    city.finds("X1m", "benefit", first, here, OPEN, about=old.number, fault="covered, and supported elsewhere")
    city.finds("X1m", "benefit", second, there, OPEN, fault="covered, and supported elsewhere")


def two_programmes(city):
    """A case of each kind that is active; nobody drew anything yet."""
    here, there = city.two()
    old = here.single(62, 80)
    first = active_mla(here, [old], old.household, is_paid=False)
    number = there.number("K")
    there.put("tk_case", {**case_row(there, old, number, "03", days(NIGHTS[0], -300), 5), "status": "active"}, 2)
    city.finds("X1c", "mla_case", first, here, FROM_SECOND, fault="two programmes that exclude each other")
    city.finds("X1c", "tk_case", number, there, FROM_SECOND, fault="two programmes that exclude each other")


def rigid_although_allowed(city):
    """A family of rigid expense is certified although it draws a living allowance."""
    here, there = city.two()
    person = here.single()
    drawn = benefit(here, person, "02", "2017-05", 40000)
    number = low_income(there, person, "5")
    city.finds("X1", "low_income_cert", number, there, OPEN, fault="rigid expense although in the living allowance")
    city.finds("X1", "benefit", drawn, here, OPEN, fault="rigid expense although in the living allowance")


# --- amounts and divisions: what a hub's own rows say ---


def above_the_standard(city):
    """More than the rural standard of 2018 for one member, lowered on the third night; for two members one fen more than both draw."""
    town = city.town()
    man = town.single()
    number = active_mla(town, [man], man.household, is_paid=False, programme="02", area="2")
    town.decide("mla_case", {"case_no": number, "amount_fen_month": 28335}, 1, 1)
    town.decide("mla_case", {"case_no": number, "status": "lowered", "amount_fen_month": 28000}, 3)
    city.finds("K6", "mla_case", number, town, UNTIL_THIRD, others=0, fault="above the standard, until it was lowered")
    pair = [town.person(30, 50), town.person(30, 50)]
    number = active_mla(town, pair, town.household(pair), is_paid=False, programme="01", area="1")
    town.decide("mla_case", {"case_no": number, "status": "raised", "amount_fen_month": 100001}, 2)
    city.finds("K6", "mla_case", number, town, FROM_SECOND, others=0, fault="raised above the standard")


def not_the_standard(city):
    town = city.town()
    old, disabled = town.single(62, 90), town.single()
    number = active_tk(town, old)
    town.decide("tk_case", {"case_no": number, "care_fen_month": 25000}, 2)
    city.finds("K6c1", "tk_case", number, town, FROM_SECOND, others=0, fault="care of another grade")
    number = active_tk(town, town.single(62, 90))
    town.decide("tk_case", {"case_no": number, "basic_fen_month": 60000}, 2)
    town.decide("tk_case", {"case_no": number, "basic_fen_month": 36833}, 3)
    city.finds("K6", "tk_case", number, town, ONLY_SECOND, others=0, fault="neither the urban nor the rural standard")
    number = active_dis(town, disabled)
    town.decide("dis_allowance", {"case_no": number, "nursing_fen_month": 5499}, 2)
    city.finds("K6n", "dis_allowance", number, town, FROM_SECOND, others=0, fault="nursing subsidy below the standard")
    guardian, child = town.person(60, 70), town.person(5, 13)
    town.household([guardian, child])
    number = no_carer(town, child, guardian, programme="09", child_kind="3")
    town.decide("child_case", {"case_no": number, "amount_fen_month": 59999}, 2)
    city.finds("K6", "child_case", number, town, FROM_SECOND, others=0, fault="an orphan below the standard")


def not_the_standard_either(city):
    town = city.town()
    for grade, hands, wrong in (("2", 4, 24900), ("3", 1, 50100)):
        number = active_tk(town, town.single(62, 90))
        town.decide("tk_case", {"case_no": number, "selfcare_grade": grade, "care_fen_month": wrong, **hands_of(hands)}, 2)
        city.finds("K6c" + grade, "tk_case", number, town, FROM_SECOND, others=0, fault="not the standard of care")
    number = active_dis(town, town.single())
    town.decide("dis_allowance", {"case_no": number, "living_fen_month": 5000}, 2)
    town.decide("dis_allowance", {"case_no": number, "living_fen_month": 5500}, 3)
    city.finds("K6", "dis_allowance", number, town, ONLY_SECOND, others=0, fault="living subsidy below the standard, for a day")
    guardian, child = town.person(60, 70), town.person(5, 13)
    town.household([guardian, child])
    number = no_carer(town, child, guardian, programme="09", child_kind="1")
    city.finds("K6i", "child_case", number, town, OPEN, others=0, fault="a child in an institution below the standard")


def hands_of(count):
    """Of the six things that a person can do by himself so many."""
    names = ("selfcare_eat", "selfcare_dress", "selfcare_bed", "selfcare_toilet", "selfcare_walk", "selfcare_bath")
    return {name: index < count for index, name in enumerate(names)}


def support_without_papers(city):
    """Extreme poverty support without a check, of a cadre's father whom nobody declared, and of one who is marked and has no paper."""
    town = city.town()
    number, cadre, father = town.number("K"), town.single(), town.single(62, 90)
    applied = days(NIGHTS[0], -40)
    row = {**case_row(town, father, number, "03", applied, 5), "status": "submitted", "submit_date": day(NIGHTS[0])}
    town.put("tk_case", row)
    city.roll(town.county, "staff_roll", {"staff_id_number": cadre.number, "staff_kind": "2", "relative_id_number": father.number,
                                          "relation": "51"}, 2)
    city.finds("X6", "tk_case", number, town, FROM_SECOND, fault="a cadre's father")
    number, father = town.number("K"), town.single(62, 90)
    town.put("tk_case", {**case_row(town, father, number, "03", applied, 5), "status": "submitted", "submit_date": day(NIGHTS[0]),
                         "staff_relative": True})
    city.finds("X6d", "tk_case", number, town, OPEN, others=0, fault="marked as a relative, and no declaration")
    number = town.number("K")
    town.put("tk_case", {**case_row(town, town.single(62, 90), number, "03", applied, 5), "status": "submitted", "submit_date": day(NIGHTS[0])})
    town.decide("tk_case", {"case_no": number, "status": "county_review"})
    town.decide("tk_case", {**decision_row(number, NIGHTS[0], None), "status": "approved", "no_labor_basis": "1", "no_supporter_basis": "1",
                            "no_income": True}, 1, 1)
    city.finds("C1", "tk_case", number, town, OPEN, others=0, fault="decided without an economic check")


def prices(city):
    """A county starts the link to prices below the line, or not at all above it; it is put right on the third night."""
    county = city.town().county
    for month, rule, wrong, right in (
            ("2017-03", "K6", {"triggered": "1", "per_person_fen": 2000, "cpi_bp": 349}, {"cpi_bp": 350}),
            ("2017-05", "K6f", {"triggered": "2", "per_person_fen": 2000, "food_cpi_bp": 599}, {"food_cpi_bp": 600}),
            ("2017-07", "K6n", {"cpi_bp": 351}, {"triggered": "1", "per_person_fen": 2000}),
            ("2017-09", "K6m", {"triggered": "9", "food_cpi_bp": 601}, {"triggered": "2", "per_person_fen": 2000})):
        key = {"region": county, "month": month}
        if (county, month) in city.priced:
            continue
        city.priced.add((county, month))
        city.put(county, county, "price_link", {**key, **wrong}, 2, 0)
        city.put(county, county, "price_link", {**key, **right}, 3, 0)
        city.finds(rule, "price_link", (county, month), county, ONLY_SECOND, others=0, fault="the link to prices")


def in_a_merged_township(city):
    """A county enters on the second night that a township was merged into another; a case still has its code, and gets the new one on the third."""
    town = city.town()
    gone = f"{town.county[:6]}{600 + city.serial(town.county)}000"
    merged = {"code": gone, "region_name": "已并入的乡", "valid_from": "1995-01-01", "valid_to": "2018-03-01", "successor_code": town.code,
              "region_state": "3"}
    city.put(town.county, town.county, "region", merged, 2, 0)
    number, stays = accepted(town, town.single(), region=gone), accepted(town, town.single(), region=gone)
    town.put("mla_case", {"case_no": number, "region": town.code}, 3)
    city.finds("K7", "mla_case", number, town, ONLY_SECOND, others=0, fault="its township was merged, until the new code was entered")
    city.finds("K7", "mla_case", stays, town, FROM_SECOND, others=0, fault="its township was merged")
    old, guardian, child = town.single(62, 90), town.person(60, 70), town.person(5, 13)
    town.household([guardian, child])
    for kind, number in (("tk_case", active_tk(town, old, region=gone)), ("dis_allowance", active_dis(town, town.single(), region=gone)),
                         ("low_income_cert", low_income(town, town.single(), region=gone)),
                         ("child_case", no_carer(town, child, guardian, region=gone))):
        city.finds("K7", kind, number, town, FROM_SECOND, others=0, fault="its township was merged")


# --- payments ---


def dead_and_paid(city):
    """Died in January; paid for January (right) and March (wrong). Recovered on the third night."""
    town = city.town()
    dead = town.single(60, 90, life_status="2", death_date="2018-01-10")
    benefit(town, dead, "02", "2017-01", 40000)
    payment(town, dead, "02", "2018-01", 40000)
    wrong = payment(town, dead, "02", "2018-03", 40000)
    town.decide("payment", dict(zip(("batch_no", "programme", "payee_id_number", "period"), wrong), pay_status="6"), 3)
    city.finds("X7", "payment", wrong, town, UNTIL_THIRD, fault="dead but paid")


def dead_and_paid_again(city):
    """The payment comes back from the bank on the second night and is sent again on the third."""
    town = city.town()
    dead = town.single(60, 90, life_status="2", death_date="2017-12-02")
    benefit(town, dead, "02", "2017-01", 40000)
    wrong = payment(town, dead, "02", "2018-02", 40000, "2")
    names = ("batch_no", "programme", "payee_id_number", "period")
    town.decide("payment", dict(zip(names, wrong), pay_status="4", return_reason="4"), 2)
    town.decide("payment", dict(zip(names, wrong), pay_status="5"), 3)
    city.finds("X7", "payment", wrong, town, ("open", "closed", "open"), fault="dead, returned, paid again")
    city.late("pay", "payment", wrong, town, ("late", None, None), fault="sent and not arrived by the 10th")


def dead_in_the_roll(city):
    """The death register knows it; the township's own register does not until the third night, and then the person's row says so."""
    town = city.town()
    dead = town.single(60, 90)
    benefit(town, dead, "02", "2017-01", 40000)
    wrong = payment(town, dead, "02", "2018-03", 40000)
    city.roll(town.county, "death_roll", {"id_number": dead.number, "name": dead.name, "death_date": "2018-01-05", "source": "2",
                                          "report_date": "2018-01-09", "as_of": day(NIGHTS[0])}, 2)
    town.put("person", {"id_number": dead.number, "life_status": "2", "death_date": "2018-01-05"}, 3)
    city.finds("R1", "person", dead.number, town, ONLY_SECOND, fault="in the death register")
    city.finds("X7r", "payment", wrong, town, FROM_SECOND, fault="in the death register, and paid")
    city.finds("X7", "payment", wrong, town, (None, None, "open"), fault="said to be dead, and paid")


def imprisoned_and_paid(city):
    town = city.town()
    man = town.single()
    benefit(town, man, "02", "2017-01", 40000)
    wrong = payment(town, man, "02", "2018-03", 40000)
    city.roll("430300000000", "status_roll", {"id_number": man.number, "name": man.name, "what": "1", "from_date": "2018-01-20"}, 2)
    city.finds("X7s", "payment", wrong, town, FROM_SECOND, fault="imprisoned and paid")


def paid_without_benefit(city):
    town = city.town()
    man, other = town.single(), town.single()
    benefit(town, man, "02", "2017-01", 40000, "2018-02")
    wrong = payment(town, man, "02", "2018-03", 40000)
    town.decide("benefit", {"programme": "02", "recipient_id_number": man.number, "begin_month": "2017-01", "end_month": "2018-03"}, 3)
    city.finds("K9", "payment", wrong, town, UNTIL_THIRD, others=0, fault="paid for a month behind the benefit")
    benefit(town, other, "02", "2017-01", 40000)
    wrong = payment(town, other, "20", "2018-03", 10000, night=2)
    city.finds("K9", "payment", wrong, town, FROM_SECOND, others=0, fault="paid of a programme without a benefit")


# --- checks and rolls ---


def without_check(city):
    town = city.town()
    number = accepted_and_decided(town, town.single(), 1, checked=None)
    city.finds("C1", "mla_case", number, town, OPEN, others=0, fault="decided without an economic check")
    number = accepted_and_decided(town, town.single(), 2, checked={"reported": days(NIGHTS[1], 1)})
    city.finds("C1", "mla_case", number, town, FROM_SECOND, others=0, fault="checked after the decision")
    person = town.single()
    number = accepted_and_decided(town, person, 1, checked={"reported": days(NIGHTS[0], -3), "result": "3"})
    check(town, person, "01", NIGHTS[0], 3)
    city.finds("C1", "mla_case", number, town, UNTIL_THIRD, others=0, fault="check without a conclusion, until it was done again")
    number = low_income(town, town.single(), "4", is_checked=False)
    city.finds("C1", "low_income_cert", number, town, OPEN, others=0, fault="certified without an economic check")
    number = low_income(town, town.single(), "5", checked={"check_kind": "01"})
    city.finds("C1", "low_income_cert", number, town, OPEN, others=0, fault="checked for another purpose")


def accepted_and_decided(town, person, night, checked, **more):
    """A case that came to the county on the first night and is decided on this one."""
    number, applied = town.number("D"), days(NIGHTS[0], -17)
    town.put("mla_case", {**case_row(town, person, number, "02", applied, 5), "area": "2", "status": "submitted", **more})
    if checked is not None:
        check(town, person, "01", checked.pop("reported"), night, case_no=number, **checked)
    town.decide("mla_case", {"case_no": number, "status": "county_review"}, night)
    town.decide("mla_case", {**decision_row(number, NIGHTS[night - 1], None), "status": "approved"}, night, 1)
    return number


def certificate_does_not_fit(city):
    town = city.town()
    number = active_dis(town, town.single(), grade=1, cert_grade=2)
    city.finds("R2", "dis_allowance", number, town, OPEN, others=0, fault="the register has another grade")
    number = active_dis(town, town.single(), has_roll=False)
    city.finds("R2", "dis_allowance", number, town, OPEN, others=0, fault="not in the register")
    number = active_dis(town, town.single(), roll={"cert_state": "3"})
    city.finds("R2", "dis_allowance", number, town, OPEN, others=0, fault="the certificate was cancelled")
    number = active_dis(town, town.single(), roll={"valid_to": "2016-12-31", "issued_date": "2007-01-01"})
    city.finds("R2", "dis_allowance", number, town, OPEN, others=0, fault="the certificate ended before the subsidy began")


def too_rich_in_the_roll(city):
    town = city.town()
    man, old = town.single(), town.single(62, 90)
    number = active_mla(town, [man], man.household)
    report = {"report_no": f"H{town.number('R')}", "id_number": man.number, "name": man.name, "report_date": "2018-03-20", "result": "2"}
    city.roll("430300000000", "economy_roll", report, 2)
    town.decide("mla_case", {"case_no": number, "status": "ended", "stop_month": "2018-04", "stop_reason": "02"}, 3)
    city.finds("R3", "mla_case", number, town, ONLY_SECOND, fault="the yearly check says too rich")
    number = active_tk(town, old)
    city.roll("430300000000", "economy_roll", {**report, "report_no": f"H{town.number('R')}", "id_number": old.number, "name": old.name}, 2)
    city.finds("R3", "tk_case", number, town, FROM_SECOND, fault="the yearly check says too rich")


def not_registered(city):
    town = city.town()
    key = visit(town, town.single(), "2", night=2)
    city.finds("R4", "visit_grant", key, town, FROM_SECOND, others=0, fault="visited as registered poor")
    number = low_income(town, town.single(), "3")
    city.finds("R4", "low_income_cert", number, town, OPEN, others=0, fault="certified as monitored")


def relative_of_staff(city):
    """A village cadre's brother without declaration; declared on the third night."""
    town = city.town()
    cadre, brother = town.single(), town.single()
    number, applied = town.number("D"), days(NIGHTS[0], -17)
    town.put("mla_case", {**case_row(town, brother, number, "02", applied, 5), "status": "submitted"})
    relation = {"staff_id_number": cadre.number, "staff_name": cadre.name, "staff_kind": "2", "relative_id_number": brother.number,
                "relative_name": brother.name, "relation": "73"}
    city.roll(town.county, "staff_roll", relation, 2)
    town.put("relation_declared", {**relation, "declared_date": day(NIGHTS[2])}, 3)
    city.finds("X6", "mla_case", number, town, ONLY_SECOND, fault="a relative of staff without declaration")
    number = town.number("D")
    town.put("mla_case", {**case_row(town, town.single(), number, "02", applied, 5), "status": "submitted", "staff_relative": True})
    city.finds("X6d", "mla_case", number, town, OPEN, others=0, fault="said to be a relative, and no declaration")


# --- steps ---


def steps(city):
    town = city.town()
    number = accepted(town, town.single())
    town.put("mla_case", {"case_no": number, "status": "notice", "notice_from": day(NIGHTS[1])}, 2)
    town.put("mla_case", {"case_no": number, "status": "accepted"}, 3)
    city.finds("states:status", "mla_case", number, town, ONLY_SECOND, others=0, fault="to the notice without a survey, and back")
    number = town.number("K")
    town.put("tk_case", {**case_row(town, town.single(), number, "03", days(NIGHTS[0], -5), 1), "status": "refused",
                         "refuse_reason": "1", "decision": "2", "decision_date": day(days(NIGHTS[0], -1)), "told_date": day(NIGHTS[0])},
             by=town.county)
    city.finds("states:status", "tk_case", number, town, OPEN, others=0, fault="refused at its birth")
    man = town.single()
    benefit(town, man, "02", "2017-01", 40000)
    key = payment(town, man, "02", "2018-03", 40000)
    town.decide("payment", dict(zip(("batch_no", "programme", "payee_id_number", "period"), key), pay_status="2", paid_date=""), 2)
    city.late("pay", "payment", key, town, (None, "late", "late"), fault="paid, and sent again")
    city.finds("states:pay_status", "payment", key, town, FROM_SECOND, others=0, fault="paid, and sent again")


FAULTS = (
    twice_in_one_county, twice_in_two_counties, twice_at_one_desk, three_times, explained, twice_other_programmes, one_child_two_townships,
    registered_twice, two_households, same_event, drawn_twice, old_and_new_file, covered_twice, excluded, covered_and_supported,
    two_programmes, rigid_although_allowed, dead_and_paid, dead_and_paid_again, dead_in_the_roll, imprisoned_and_paid,
    paid_without_benefit, without_check, certificate_does_not_fit, too_rich_in_the_roll, not_registered, relative_of_staff, steps,
    above_the_standard, not_the_standard, not_the_standard_either, prices, in_a_merged_township, same_flood, support_without_papers,
)


def plant(city, rounds):
    for _ in range(rounds):
        for fault in FAULTS:
            fault(city)
