"""Holds what a receiver has written against the JSON lines of the same records.

    siem.py FOLDER FILE    FOLDER has alerts.jsonl; FILE is rsyslog's, or alerts.cef

rsyslog's lines: time, host, program, message id, facility, severity, then the message. A
CEF line is read by cefp and its keys held against cefevent's dictionary: neither knows
anything of this program.
"""

import json
import os
import re
import sys

import cefp
from cefevent import CEFEvent

FACILITY = {"unix": "user", "tls": "local7"}
SEVERITY = {"critical": ("crit", "9"), "warning": ("warning", "6"), "info": ("info", "3")}


def cef(line, record):
    """What stands in a CEF line is what the record says."""
    read = cefp.parse(line)
    told = read["extension"]
    event = CEFEvent(strict=True)
    for key, value in told.items():
        # Whether there is such a key, and it may have such a value.
        about = event.get_field_metadata(key)
        assert about, key
        event.set_field(key, int(value) if "Integer" in about["data_type"] else value)
    for key in [key for key in told if key.endswith("Label")]:
        told[told.pop(key)] = told.pop(key[: -len("Label")])
    device = read["device"]
    assert (device["vendor"], device["product"]) == ("illumio-monitor",) * 2, read
    assert (read["version"], read["name"]) == ("0", record["name"]), read
    assert read["severity"] == SEVERITY[record["level"]][1], read
    for key, wanted in {
        "externalId": record["id"],
        "cat": record["kind"],
        "messageId": record["message_id"],
        "site": record["site"],
        "org": record["org"],
        "pce": record["pce"],
    }.items():
        assert told[key] == wanted, (key, told[key], wanted)
    if "rule_id" in record:
        assert device["event_class_id"] == "rule-%d" % record["rule_id"], read
    if record["kind"] == "alert":
        assert told["cnt"] == str(record["count"]), read
    # A datagram may have no room for what it means.
    if "shortened" not in told:
        text = "\n".join(filter(None, [record["text"], record.get("meaning")]))
        assert told["msg"] == text, (told["msg"], text)
    talker = (record.get("talkers") or [{}])[0]
    if "src_ip" in talker:
        ends = {told.get("src"), told.get("Source IPv6 Address")}
        assert talker["src_ip"] in ends and told["proto"] == talker["proto"], (told, talker)


def main(folder, path):
    with open(os.path.join(folder, "alerts.jsonl"), encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    assert records and len({record["id"] for record in records}) == len(records)
    with open(path, encoding="utf-8") as lines:
        told = lines.read().splitlines()
    assert len(told) == len(records), (len(told), len(records))
    way = os.path.basename(path)
    for line, record in zip(told, records):
        if way == "alerts.cef":
            cef(line, record)
            continue
        head = re.match(r"(\S+) (\S+) (\S+) (\S+) (\S+) (\S+) (.*)", line, re.DOTALL)
        assert head, line
        _, host, program, kind, facility, severity, message = head.groups()
        assert (host, program) == (os.uname().nodename, "illumio-monitor"), line
        assert (kind, severity) == (record["kind"], SEVERITY[record["level"]][0]), line
        assert facility == FACILITY.get(way, "local0"), line
        if message.startswith("{"):
            assert json.loads(message) == record, (message, record)
        else:
            cef(message, record)
    print(len(told))


main(*sys.argv[1:])
