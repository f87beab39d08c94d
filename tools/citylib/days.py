"""Days as the offices count them, from the calendar of schema/policy. By itself: it shares nothing with what it is there to test."""
import datetime
import json
import os

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
OFF, WORKED = set(), set()
# The three nights: a Wednesday, a Thursday and a Friday before the Qingming days off.
NIGHTS = (datetime.date(2018, 3, 28), datetime.date(2018, 3, 29), datetime.date(2018, 3, 30))

with open(os.path.join(ROOT, "schema", "policy", "calendar.jsonl"), encoding="utf-8") as lines:
    for line in lines:
        table = json.loads(line)
        OFF.update(table["days_off"])
        WORKED.update(table["days_worked"])


def day(date):
    return date.isoformat()


def month(date):
    return f"{date.year:04d}-{date.month:02d}"


def month_after(text, count=1):
    index = int(text[:4]) * 12 + int(text[5:]) - 1 + count
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def at(date, hour=10):
    return f"{day(date)}T{hour:02d}:00:00+08:00"


def is_worked(date):
    text = day(date)
    return text in WORKED or (date.weekday() < 5 and text not in OFF)


def days(date, count):
    return date + datetime.timedelta(days=count)


def before(date, working_days):
    """The latest day so long before that its limit of so many working days ends on DATE (a working day)."""
    while working_days > 0:
        working_days -= is_worked(date)
        date = days(date, -1)
    return date
