"""Screens of one run as one SVG that moves: each row of cells stands in it once for the time it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

_ID = re.compile(r"terminal-\d+")
_STYLE = re.compile(r"\.t-(r\d+) \{ (.*?) \}")
_RECT = re.compile(
    r'<rect fill="([^"]+)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="[\d.]+" shape-rendering="\w+"/>'
)
_TEXT = re.compile(
    r'<text class="t-(r\d+)" x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"[^>]*>(.*?)</text>', re.DOTALL
)
_ROW_HEIGHT = 24.4
_FIRST_BASE = 20.0
"""Where the text of the first row stands."""


@dataclass(frozen=True)
class Frame:
    """What is on the screen: by row, what draws it."""

    around: str
    """The window and the title, up to the cells."""
    rows: dict[int, str]


def frame_of(svg: str) -> Frame:
    """Read a picture that Textual exported."""
    svg = _ID.sub("t", without_remote_fonts(svg))
    styles = dict(_STYLE.findall(svg))
    head, _, cells = svg.partition('<g transform="translate(9, 41)"')
    rows: dict[int, list[str]] = {}
    rects = [(y, fill, float(x), float(width)) for fill, x, y, width in _RECT.findall(cells)]
    for (y, fill), same in groupby(rects, key=lambda rect: rect[:2]):
        for start, end in _joined((x, x + width) for _, _, x, width in same):
            drawn = f'<rect fill="{fill}" x="{start:g}" y="{y}" width="{end - start:g}" height="24.65"/>'
            rows.setdefault(round((float(y) - 1.5) / _ROW_HEIGHT), []).append(drawn)
    for style, x, y, length, text in _TEXT.findall(cells):
        if text.replace("&#160;", "").strip():
            drawn = f'<text style="{styles[style]}" x="{x}" y="{y}" textLength="{length}">{text}</text>'
            rows.setdefault(round((float(y) - _FIRST_BASE) / _ROW_HEIGHT), []).append(drawn)
    around = re.sub(r"    \.t-r1 .*?</style>", "    </style>", head, flags=re.DOTALL)
    around = re.sub(r'<clipPath id="t-line.*?</clipPath>\s*', "", around, flags=re.DOTALL)
    return Frame(around, {row: "".join(parts) for row, parts in rows.items()})


def _joined(spans: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    begin, end = -1.0, -1.0
    for start, stop in spans:
        if abs(start - end) > 0.05:
            if end > begin:
                yield begin, end
            begin = start
        end = stop
    if end > begin:
        yield begin, end


class Animation:
    """Frames and for how many seconds each is shown."""

    def __init__(self) -> None:
        self._shown: list[tuple[Frame, float]] = []

    def show(self, svg: str, seconds: float) -> None:
        """Add what is on the screen now."""
        self._shown.append((frame_of(svg), seconds))

    def svg(self) -> str:
        """Return the whole: it begins again after its last frame."""
        total = sum(seconds for _, seconds in self._shown)
        starts, passed = [], 0.0
        for _, seconds in self._shown:
            starts.append(passed / total * 100)
            passed += seconds
        starts.append(100.0)
        names: dict[tuple[tuple[int, int], ...], str] = {}
        drawn = []
        for (_, cells), spans in self._spans().items():
            name = names.setdefault(spans, f"k{len(names)}")
            drawn.append(f'<g class="{name}">{cells}</g>')
        rules = "".join(_rule(name, spans, starts, total) for spans, name in names.items())
        around = self._shown[0][0].around.replace("</style>", f"{rules}    </style>")
        rows = "\n".join(drawn)
        place = '<g transform="translate(9, 41)" clip-path="url(#t-clip-terminal)"><g class="t-matrix">'
        return f"{around}{place}\n{rows}\n</g></g>\n</svg>\n"

    def _spans(self) -> dict[tuple[int, str], tuple[tuple[int, int], ...]]:
        """Return the frames in which each row is shown, as ranges."""
        found: dict[tuple[int, str], list[tuple[int, int]]] = {}
        for number, (frame, _) in enumerate(self._shown):
            for place in sorted(frame.rows.items()):
                spans = found.setdefault(place, [])
                if spans and spans[-1][1] == number:
                    spans[-1] = (spans[-1][0], number + 1)
                else:
                    spans.append((number, number + 1))
        return {place: tuple(spans) for place, spans in found.items()}


def _rule(name: str, spans: tuple[tuple[int, int], ...], starts: list[float], total: float) -> str:
    if spans == ((0, len(starts) - 1),):
        return ""
    steps = {0.0: "hidden"}
    for begin, end in spans:
        steps[starts[begin]] = "visible"
        steps.setdefault(starts[end], "hidden")
        steps[starts[end]] = "hidden"
    keys = "".join(f"{at:.3f}%{{visibility:{state}}}" for at, state in sorted(steps.items()))
    return f".{name}{{animation:{name} {total:g}s step-end infinite}}@keyframes {name}{{{keys}}}\n"


def without_remote_fonts(svg: str) -> str:
    """A picture must not fetch anything: the reader's own monospace font does."""
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
