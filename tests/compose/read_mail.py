"""Reads messages as another program would: Python's own parsers, no code of ours.

Takes file names, prints one JSON object for each: headers, subject, both parts, and
what is wrong with the message or its HTML.
"""

import json
import sys
from email import message_from_bytes, policy
from email.utils import parseaddr, parsedate_to_datetime
from html.parser import HTMLParser

VOID = {"meta", "br", "wbr"}
FORBIDDEN = {"img", "script", "link", "iframe", "object", "form", "base", "svg", "video"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.wrong, self.links, self.seen = [], [], [], []

    def handle_starttag(self, tag, attrs):
        if tag in FORBIDDEN:
            self.wrong.append(f"<{tag}>")
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.wrong.append(f"<{tag}>: an attribute twice")
        for name, value in attrs:
            if name.startswith("on") or name in {"src", "srcset", "background", "action"}:
                self.wrong.append(f"<{tag} {name}>")
            if name == "href":
                self.links.append(value)
            if name == "style" and ("url(" in value or "expression" in value):
                self.wrong.append(f"<{tag} style={value!r}>")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in VOID or not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"style", "title"}:
            self.seen.append(data)


def read(path):
    with open(path, "rb") as file:
        raw = file.read()
    wrong = []
    head = raw.split(b"\r\n\r\n", 1)[0]
    if b"\n" in raw.replace(b"\r\n", b""):
        wrong.append("a line end that is not CRLF")
    wrong += [f"a header line of {len(line)}" for line in head.split(b"\r\n") if len(line) > 78 and b" " in line.strip()]
    mail = message_from_bytes(raw, policy=policy.default)
    wrong += [str(defect) for part in mail.walk() for defect in part.defects]
    wrong += [f"{name}: {defect}" for name, value in mail.items() for defect in value.defects]
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    page = Page()
    page.feed(html.get_content())
    page.close()
    wrong += page.wrong + [f"<{tag}> stays open" for tag in page.open]
    return {
        "subject": mail["Subject"],
        "from": parseaddr(mail["From"])[1],
        "date": parsedate_to_datetime(mail["Date"]).isoformat(),
        "message_id": mail["Message-ID"],
        "importance": mail["Importance"],
        "site": mail["X-Illumio-Monitor-Site"],
        "parts": [part.get_content_type() for part in mail.walk()],
        "text": text.get_content().replace("\r\n", "\n"),
        "html": html.get_content().replace("\r\n", "\n"),
        "seen": "".join(page.seen),
        "links": page.links,
        "wrong": wrong,
    }


for name in sys.argv[1:]:
    print(json.dumps(read(name)))
