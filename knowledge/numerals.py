"""Numbers and article references in one spelling: "40 k€", "40 000 €" and "quarante mille" all become 40000."""

from __future__ import annotations

import re

_UNITS = {
    "zero": 0, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9,
    "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
    "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70,
    "quatrevingt": 80, "octante": 80, "nonante": 90,
}  # fmt: skip
_SCALES = {"cent": 100, "cents": 100, "mille": 1000, "million": 10**6, "millions": 10**6}
_FACTORS = {
    "k": 1000, "ke": 1000, "keur": 1000, "mille": 1000, "m": 10**6, "meur": 10**6,
    "million": 10**6, "millions": 10**6, "milliard": 10**9, "milliards": 10**9,
}  # fmt: skip
WORDS = frozenset((*_UNITS, *_SCALES, *_FACTORS, "pourcent", "pourcents"))
_LEANING = frozenset(("cent", "cents", "pourcent", "pourcents"))
_NEW = "neuf"  # alone, what is new far more often than nine things
_LONGEST = 12  # digits kept of a number: beyond a thousand billion it is an identifier

_NUMBER_WORD = re.compile("|".join((*_UNITS, *_SCALES, r"p\. ?100")))
_DIGIT = re.compile(r"\d")
_ARTICLE = re.compile(r"\b([lrd])\.?[ *]{0,2}(\d{3,4})((?: ?- ?\d{1,3}|\.\d{1,3}){0,4})\b")
_GROUPED = re.compile(r"(?<![\d.,-])(\d{1,3})((?:[ .]\d{3}){1,4})(?![\d-]|[.,]\d)")
_SCALED = re.compile(
    r"(?<![\w.,])(\d{1,9}(?:[.,]\d{1,3})?) ?(?:(k) ?(?:€|e\b|eur\b|euros?\b)?|(m) ?(?:€|eur\b|euros?\b)"
    r"|(mille|millions?|milliards?)\b)(?!\w)"
)
_PERCENT_WORDS = re.compile(r"\bpour ?cents?\b|\bp\. ?100\b")
_PERCENT = re.compile(r"(\d) ?%")
_DECIMAL = re.compile(r"(?<=\d),(?=\d)")
_WORD = re.compile(r"[a-z]+|[^a-z]+")


def needs_its_neighbours(token: str) -> bool:
    """Tell whether what a folded token says depends on any words around it: figures, "cent" for "pour cent"."""
    return "%" in token or bool(_DIGIT.search(token)) or not _LEANING.isdisjoint(_WORD.findall(token))


def may_join(token: str) -> bool:
    """Tell whether a folded token is a number's word: others beside it make one number with it."""
    return any(piece in _UNITS or piece in _SCALES or piece in _FACTORS for piece in _WORD.findall(token))


def unify(text: str) -> str:
    """Return folded text with its numbers and article references in one spelling each. Linear in the text."""
    if _DIGIT.search(text):
        text = _ARTICLE.sub(lambda m: f"{m[1]}{m[2]}{m[3].replace(' ', '').replace('.', '-')}", text)
        text = _GROUPED.sub(lambda m: m[1] + m[2].replace(" ", "").replace(".", ""), text)
        text = _SCALED.sub(_scaled, text)
    if _NUMBER_WORD.search(text):
        text = _spelled(_PERCENT_WORDS.sub("%", text))
    if not _DIGIT.search(text):
        return text
    text = _PERCENT.sub(r"\1% ", text)
    return _DECIMAL.sub(".", text)


def _scaled(match: re.Match[str]) -> str:
    factor = _FACTORS[match[2] or match[3] or match[4]]
    amount = round(float(match[1].replace(",", ".")) * factor)
    return f"{amount} "


def _spelled(text: str) -> str:
    """Replace runs of number words that say at least two; "un" and "une" are mostly articles and stay."""
    out: list[str] = []
    run: list[str] = []
    for piece in _WORD.findall(text.replace("quatre-vingt", "quatrevingt")):
        counts = piece in _UNITS or piece in ("mille", "cent")
        if counts or (run and (piece in _SCALES or piece in ("-", " "))):
            run.append(piece)
        else:
            out += _close(run)
            out.append(piece)
            run = []
    return "".join(out + _close(run))


def _close(run: list[str]) -> list[str]:
    if not run:
        return []
    total = current = 0
    for word in run:
        if word in _UNITS:
            current += _UNITS[word]
        elif word in ("cent", "cents"):
            current = max(current, 1) * 100
        elif word in _SCALES:
            total += max(current, 1) * _SCALES[word]
            current = 0
    tail = run[-1] if run[-1] in ("-", " ") else ""
    if [word for word in run if word not in ("-", " ")] == [_NEW]:
        return [_NEW + tail]
    return [str(total + current)[:_LONGEST] + tail]
