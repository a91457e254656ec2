"""A strict reader of the report's page: nesting, ids, links, and where every digit stands."""

import re
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "wbr", "input", "path", "use"}
FREE = {"math", "svg", "style", "title"}  # digits need no key there: formulas, figures


class Page(HTMLParser):
    """Parses on construction; raises on tags that do not match.

    Attributes: ``keyed`` (key, style, text), ``loose`` texts with digits and no key inside ``data-numbers`` sections,
    ``links`` (attribute, value), ``ids``, ``math`` (source of every formula), ``tags`` (counts).
    """

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.keyed, self.loose, self.links, self.ids, self.math, self.tags = [], [], [], [], [], {}
        self.stack = []
        self.feed(text)
        self.close()
        assert self.stack == [], f"open at the end: {self.stack}"
        self.math = re.findall(r"<math.*?</math>", text, re.DOTALL)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        assert len(found) == len(attrs), f"attribute given twice in <{tag}>"
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.links += [(name, value) for name, value in attrs if name in ("href", "src", "action", "xlink:href")]
        if "id" in found:
            self.ids.append(found["id"])
        if "data-key" in found:
            self.keyed.append([found["data-key"], found["data-style"], ""])
        if tag not in VOID:
            self.stack.append((tag, found))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.stack, f"</{tag}> closes nothing"
        opened, _ = self.stack.pop()
        assert opened == tag, f"<{opened}> closed by </{tag}> at {self.getpos()}"

    def handle_data(self, data):
        inside = [found for _, found in self.stack]
        if any("data-key" in found for found in inside):
            self.keyed[-1][2] += data
            return
        free = any(tag in FREE or "theory" in (found.get("class") or "").split() for tag, found in self.stack)
        if re.search(r"\d", data) and not free and any("data-numbers" in found for found in inside):
            self.loose.append(data.strip())
