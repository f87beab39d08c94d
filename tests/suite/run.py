#!/usr/bin/env python3
"""The public JSON Schema test suite (Debian's json-schema-test-suite) on the keywords that kinds take: run.py JUDGE [SUITE].

Debian's package has drafts 3 to 7; for these keywords draft 7 says what 2020-12 says (but for `items` as a list, which 2020-12
dropped). A kind is stricter than JSON Schema: each field has one type, a number its digits, a property its number, and
nothing is null or empty. So a schema is given the type that its instance has where it names none, with the keywords that
mean something there, and goes through the compiler and the checks that every kind goes through. What a kind cannot say is
left out, by one of the reasons below; a keyword outside the subset must be refused by its name. Any failure fails.
"""
import collections
import decimal
import json
import subprocess
import sys

KEYWORDS = "type enum const properties required additionalProperties items minItems maxItems uniqueItems minimum maximum " \
    "exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength".split()
FITS = {"string": {"minLength", "maxLength"}, "boolean": set(),
        "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
        "array": {"items", "minItems", "maxItems", "uniqueItems"}, "object": {"properties", "required", "additionalProperties"}}
FITS["integer"] = FITS["number"]
ALWAYS = {"enum", "const", "type"}


class Out(Exception):
    """What a kind cannot say."""


class Refused(Exception):
    """A keyword that the compiler must refuse."""


def type_of(value):
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, decimal.Decimal):
        return "number"
    return {str: "string", list: "array", dict: "object"}[type(value)]


def digits(*values):
    """The power of ten that holds all of these."""
    most = max((-v.normalize().as_tuple().exponent for v in values if isinstance(v, decimal.Decimal)), default=0)
    return decimal.Decimal(1).scaleb(-max(most, 1))


def no_nothing(value):
    if value is None:
        raise Out("null is no value: absent is the only empty")
    if value in ("", [], {}) and not isinstance(value, (bool, int)):
        raise Out("an empty value is absent")


def lower(schema, instance):
    """The schema for this instance, in the words of kinds."""
    if schema is True:
        schema = {}
    if schema is False:
        raise Out("a schema that nothing satisfies")
    for keyword in schema:
        if keyword not in KEYWORDS and keyword not in ("$schema", "$comment"):
            raise Refused(keyword)
    if isinstance(schema.get("additionalProperties"), dict):
        raise Refused("additionalProperties")
    if isinstance(schema.get("items"), list):
        raise Refused("items")
    if isinstance(schema.get("type"), list):
        raise Out("a field has one type")
    if schema.get("type") == "null" or schema.get("const", 0) is None:
        raise Out("null is no value: absent is the only empty")
    no_nothing(instance)
    kind = schema.get("type") or type_of(schema.get("const", schema.get("enum", [instance])[0]))
    here = type_of(instance)
    out = {"type": kind, **{k: v for k, v in schema.items() if k in FITS[kind] | ALWAYS}}
    if kind in ("integer", "number") and "type" not in schema and here in ("integer", "number"):
        out["type"] = kind = "number" if decimal.Decimal in map(type, [instance, *schema.values()]) else "integer"
    if kind == "number":
        step = out.setdefault("multipleOf", digits(instance, *(v for k, v in out.items() if k != "type")))
        if decimal.Decimal(step).normalize().as_tuple().digits != (1,):
            raise Out("a number has a power of ten as multipleOf")
    if "enum" in out and ({type_of(v) for v in out["enum"]} not in ({"string"}, {"integer"})):
        raise Out("an enum is of strings or of integers")
    if kind == "array":
        items = out.get("const", instance if here == "array" else ["x"])
        shapes = [lower(out.get("items", {}), item) for item in items]
        if len({json.dumps(s, default=str) for s in shapes}) > 1:
            raise Out("the items of a list have one type")
        out["items"] = shapes[0]
    if kind == "object":
        properties, known = {}, out.get("properties", {})
        inside = instance if here == "object" else {}
        if here == "object" and set(inside) - set(known) and out.get("additionalProperties") is not False and "const" not in out:
            raise Out("a property without a number cannot be stored")
        source = {**{k: {} for k in out.get("const", {})}, **known}
        for number, name in enumerate(source, 1):
            value = inside.get(name, out.get("const", {}).get(name, "x"))
            properties[name] = {"x-field": number, **lower(source[name], value)}
        out |= {"properties": properties or {"other": {"x-field": 1, "type": "string"}}, "additionalProperties": False}
    return out


def dump(value):
    """JSON with decimals as they were written."""
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {dump(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dump, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def main():
    judge, suite = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "/usr/share/json-schema-test-suite/tests/draft7"
    cases, left_out = [], collections.Counter()
    for keyword in KEYWORDS:
        with open(f"{suite}/{keyword}.json", encoding="utf-8") as file:
            groups = json.load(file, parse_float=decimal.Decimal)
        for group in groups:
            for test in group["tests"]:
                name = f"{keyword}: {group['description']}: {test['description']}"
                try:
                    field = {"x-field": 1, **lower(group["schema"], test["data"])}
                    cases.append((name, field, test["data"], "valid" if test["valid"] else "invalid", None))
                except Refused as refused:
                    kind = next(k for k in ("object", "array") if FITS[k] & set(group["schema"]))
                    some = {"properties": {"other": {"x-field": 1, "type": "string"}}} if kind == "object" else {}
                    cases.append((name, {"x-field": 1, "type": kind, **some, **group["schema"]}, "x", "schema", str(refused)))
                except Out as out:
                    left_out[str(out)] += 1
    lines = "".join(f"{dump(field)}\t{dump(instance)}\n" for _, field, instance, _, _ in cases)
    answers = subprocess.run([judge], input=lines, text=True, stdout=subprocess.PIPE, check=True).stdout.splitlines()
    assert len(answers) == len(cases)
    passed, failed = 0, 0
    for (name, field, instance, expected, keyword), answer in zip(cases, answers):
        if answer.split(" ")[0] == expected and (keyword is None or keyword in answer):
            passed += 1
            print(f"ok      {name}" + (f" (refused: {keyword})" if keyword else ""))
        else:
            failed += 1
            print(f"FAILED  {name}\n        {dump(field)}\n        {dump(instance)}\n        expected {expected}, got: {answer}")
    for reason, count in sorted(left_out.items()):
        print(f"left out {count:3}: {reason}")
    print(f"{passed} passed, {failed} failed, {sum(left_out.values())} left out, of draft 7's cases for {len(KEYWORDS)} keywords")
    return 1 if failed or passed < 80 else 0


sys.exit(main())
