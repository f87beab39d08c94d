"""The cases that tools/bench-bytes weighs: one township's, of 28 fields each, and what its nights do to them. Nobody in them is real (tools/generate)."""
import datetime
import random

from offices import TOWN, generator

generate = generator()
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石"
BANKS = ("农村商业银行", "邮政储蓄银行", "农业银行", "建设银行", "工商银行")
CAUSES = ("因病", "因残", "缺劳动力", "因学", "因灾", "年老无依")
PHRASES = (
    "经入户调查，情况属实", "家庭收入低于当地低保标准", "户主患有慢性病，长期服药", "子女在外务工，联系不便", "家中有在校学生", "民主评议一致同意",
    "公示期间无异议", "已告知复核周期", "残疾证已核验", "住房为土木结构，年久失修", "无机动车辆登记", "银行存款核对无异常", "申请材料齐全", "户籍与居住地一致",
    "土地流转收入已计入", "护理费用较高", "邻里反映情况真实", "建议按二档救助", "本月起调整补助金额", "已电话回访")
KIND = {
    "x-kind": "bench_case", "x-key": ["case_id"], "type": "object", "additionalProperties": False, "required": ["case_id"],
    "properties": {
        "case_id": {"type": "string", "maxLength": 26}, "programme": {"type": "string", "enum": ["city", "rural", "extreme", "orphan", "temporary"]},
        "status": {"type": "string", "enum": ["submitted", "active", "raised", "lowered", "suspended", "ended"]},
        "name": {"type": "string", "maxLength": 50}, "id_number": {"type": "string", "format": "citizen-id"},
        "gender": {"type": "string", "enum": ["male", "female"]}, "birth_date": {"type": "string", "format": "date"},
        "ethnicity": {"type": "string", "maxLength": 20}, "phone": {"type": "string", "maxLength": 20},
        "township": {"type": "string", "format": "division"}, "village": {"type": "string", "format": "division"},
        "address": {"type": "string", "maxLength": 200}, "hukou": {"type": "string", "enum": ["rural", "urban"]},
        "members": {"type": "array", "x-merge": "keyed-list", "x-member-key": "id_number", "items": {
            "type": "object", "required": ["id_number"], "properties": {
                "id_number": {"type": "string", "format": "citizen-id"}, "name": {"type": "string", "maxLength": 50},
                "relation": {"type": "string", "enum": ["spouse", "child", "parent", "grandchild", "other"]},
                "income_fen": {"type": "integer", "minimum": 0}, "disabled": {"type": "boolean"}}}},
        "size": {"type": "integer", "minimum": 1}, "cause": {"type": "string", "maxLength": 50},
        "income_fen": {"type": "integer", "minimum": 0, "x-unit": "fen"}, "property_fen": {"type": "integer", "minimum": 0, "x-unit": "fen"},
        "amount_fen": {"type": "integer", "minimum": 0, "x-unit": "fen"}, "apply_date": {"type": "string", "format": "date"},
        "decision_date": {"type": "string", "format": "date"}, "begin_month": {"type": "string", "format": "month"},
        "review_date": {"type": "string", "format": "date"}, "bank": {"type": "string", "maxLength": 50},
        "account": {"type": "string", "maxLength": 30}, "officer": {"type": "string", "maxLength": 50},
        "dwelling": {"type": "string", "enum": ["own", "rented", "lent", "public", "none"]}, "notes": {"type": "string", "maxLength": 2000},
    }}


def citizen_id(rng, born, is_man):
    return generate.citizen_id(rng.choice(("430321", "430321", "430321", "430302", "430381")), born, is_man)


def ulid(rng, moment):
    number = moment << 80 | rng.getrandbits(80)
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def person_name(rng):
    return rng.choice(SURNAMES) + "".join(rng.choices(generate.GIVEN, k=1 if rng.random() < 0.25 else 2))


def born(rng, low, high):
    return generate.TODAY - datetime.timedelta(days=rng.randrange(365 * low, 365 * high))


def note(rng):
    """A little more than half of it stock phrases, the rest free."""
    if rng.random() < 0.7:
        return rng.choice(PHRASES)
    return f"{rng.choice(SURNAMES)}{rng.choice(('某', '师傅', '主任', '书记'))}反映{rng.choice(('其', '该户'))}{''.join(rng.choices(generate.GIVEN, k=rng.randrange(6, 20)))}"


class Cases:
    """The cases of one township, and its nights."""

    def __init__(self, seed, count):
        self.rng = rng = random.Random(f"{seed}/{count}")
        villages = [f"430321100{number:03d}" for number in range(1, 33)]
        self.villages = [(code, "".join(rng.choices(generate.GIVEN, k=2)) + "村") for code in villages]
        self.officers = [person_name(rng) for _ in range(12)]
        self.moment = 1_400_000_000_000
        self.rows = {}
        for _ in range(count):
            self.add(datetime.date(2014, 5, 14) + datetime.timedelta(days=rng.randrange(1290)))

    def member(self):
        rng = self.rng
        relation = rng.choice(("spouse", "child", "child", "parent", "grandchild", "other"))
        return {"id_number": citizen_id(rng, born(rng, 1, 90), rng.random() < 0.5), "name": person_name(rng), "relation": relation,
                "income_fen": rng.choice((0, 0, rng.randrange(1, 300) * 1000)), "disabled": rng.random() < 0.08}

    def add(self, applied):
        rng = self.rng
        self.moment += rng.randrange(1, 20_000_000)
        key = ulid(rng, self.moment)
        birth, is_man = born(rng, 18, 92), rng.random() < 0.53
        village, village_name = rng.choice(self.villages)
        members = {row["id_number"]: row for row in (self.member() for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 4))))}
        members = list(members.values())
        decided = applied + datetime.timedelta(days=rng.randrange(18, 31))
        income = rng.randrange(0, 400) * 1000
        self.rows[key] = {
            "case_id": key, "programme": rng.choices(("city", "rural", "extreme", "orphan", "temporary"), (12, 70, 10, 2, 6))[0],
            "status": rng.choices(("submitted", "active", "raised", "lowered", "suspended", "ended"), (4, 80, 4, 4, 3, 5))[0],
            "name": person_name(rng), "id_number": citizen_id(rng, birth, is_man), "gender": "male" if is_man else "female",
            "birth_date": birth.isoformat(), "ethnicity": rng.choices(("汉族", "土家族", "苗族", "侗族"), (95, 2, 2, 1))[0],
            "phone": f"199000{rng.randrange(100000):05d}", "township": TOWN, "village": village,
            "address": f"湖南省湘潭市湘潭县易俗河镇{village_name}{rng.choice(generate.STREETS)}组{rng.randrange(1, 200)}号",
            "hukou": "rural" if rng.random() < 0.9 else "urban", "members": members, "size": len(members) + 1, "cause": rng.choice(CAUSES),
            "income_fen": income, "property_fen": rng.choice((0, 0, 50_000, rng.randrange(0, 200) * 10_000)),
            "amount_fen": max(10_000, 520_000 - income) // (1 + (len(members) == 0)) // 1000 * 1000, "apply_date": applied.isoformat(),
            "decision_date": decided.isoformat(), "begin_month": (decided + datetime.timedelta(days=31)).strftime("%Y-%m"),
            "review_date": (decided + datetime.timedelta(days=365)).isoformat(), "bank": rng.choices(BANKS, (60, 20, 10, 5, 5))[0],
            "account": f"6217{rng.randrange(10 ** 8):08d}{rng.randrange(10 ** 7):07d}", "officer": rng.choice(self.officers),
            "dwelling": rng.choices(("own", "rented", "lent", "public", "none"), (70, 10, 8, 10, 2))[0],
            "notes": "；".join(note(rng) for _ in range(rng.randrange(1, 5)))}
        return self.rows[key]

    def change(self, row, day):
        rng = self.rng
        for field in rng.sample(("status", "phone", "income_fen", "amount_fen", "review_date", "notes", "officer", "address", "members", "cause",
                                 "property_fen", "account", "decision_date", "dwelling"), rng.choice((1, 2, 2, 3))):
            if field == "status":
                row[field] = rng.choice([name for name in ("active", "raised", "lowered", "suspended", "ended") if name != row[field]])
            elif field == "phone":
                row[field] = f"199000{rng.randrange(100000):05d}"
            elif field in ("income_fen", "amount_fen", "property_fen"):
                row[field] = max(0, row[field] + rng.choice((-1, 1)) * rng.randrange(1, 100) * 1000)
            elif field == "review_date":
                row[field] = (day + datetime.timedelta(days=365)).isoformat()
            elif field == "decision_date":
                row[field] = (day - datetime.timedelta(days=rng.randrange(0, 5))).isoformat()
            elif field == "notes":
                row[field] += "；" + note(rng)
            elif field == "officer":
                row[field] = rng.choice(self.officers)
            elif field == "address":
                row[field] = row[field].split("组")[0] + f"组{rng.randrange(1, 200)}号"
            elif field == "members" and row["members"]:
                rng.choice(row["members"])["income_fen"] = rng.randrange(1, 300) * 1000
            elif field == "cause":
                row[field] = rng.choice(CAUSES)
            elif field == "account":
                row[field] = f"6217{rng.randrange(10 ** 8):08d}{rng.randrange(10 ** 7):07d}"
            elif field == "dwelling":
                row[field] = rng.choice(("own", "rented", "lent", "public", "none"))

    def night(self, number):
        """Change, add and remove; the changed and added rows, and the keys of the removed ones."""
        rng, day = self.rng, generate.TODAY + datetime.timedelta(days=number)
        count = len(self.rows)
        keys = rng.sample(sorted(self.rows), count // 100 + count // 5000)
        removed = keys[count // 100:]
        for key in keys[:count // 100]:
            self.change(self.rows[key], day)
        for key in removed:
            del self.rows[key]
        self.moment = max(self.moment, 1_500_000_000_000)
        added = [self.add(day - datetime.timedelta(days=rng.randrange(20, 40))) for _ in range(count // 500)]
        return [self.rows[key] for key in keys[:count // 100]] + added, removed
