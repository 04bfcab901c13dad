"""The lines of an import that have errors, to mend and to send again."""

import csv
from functools import partial
from io import TextIOWrapper

from members.csv_files import BYTE_ORDER_MARK, guarded
from members.models import ImportLine
from members.packed import write_packed

from .lines import MembersFile

ALSO = ("Line", "Reason")


def refused_lines(sent):
    """A CSV of the refused lines as they came, each with its number and the reason."""
    file, _nothing = write_packed(partial(_write, sent))
    return file


def _write(sent, refused_file):
    file = MembersFile(bytes(sent.content))
    refused = sent.lines.filter(verdict=ImportLine.Verdict.ERROR)
    reasons = dict(refused.values_list("number", "what"))
    refused_file.write(BYTE_ORDER_MARK)
    text = TextIOWrapper(refused_file, encoding="utf-8", errors="replace", newline="")
    rows = csv.writer(text)
    rows.writerow(map(guarded, [*file.header, *ALSO]))
    for line in file.lines:
        if line.number in reasons:
            missing = [""] * (len(file.header) - len(line.cells))
            also = str(line.number), reasons[line.number]
            rows.writerow(map(guarded, [*line.cells, *missing, *also]))
    text.detach()
