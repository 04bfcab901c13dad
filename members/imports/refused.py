"""The lines of an import that have errors, to mend and to send again."""

import csv
from io import TextIOWrapper
from tempfile import TemporaryFile

from members.csv_files import BYTE_ORDER_MARK, guarded
from members.models import ImportLine

from .lines import MembersFile

ALSO = ("Line", "Reason")


def refused_lines(sent):
    """A CSV of the refused lines as they came, each with its number and the reason."""
    file = MembersFile(bytes(sent.content))
    refused = sent.lines.filter(verdict=ImportLine.Verdict.ERROR)
    reasons = dict(refused.values_list("number", "what"))
    binary = TemporaryFile()  # noqa: SIM115, the response closes it
    binary.write(BYTE_ORDER_MARK)
    text = TextIOWrapper(binary, encoding="utf-8", errors="replace", newline="")
    rows = csv.writer(text)
    rows.writerow(map(guarded, [*file.header, *ALSO]))
    for line in file.lines:
        if line.number in reasons:
            missing = [""] * (len(file.header) - len(line.cells))
            also = str(line.number), reasons[line.number]
            rows.writerow(map(guarded, [*line.cells, *missing, *also]))
    text.detach()
    binary.seek(0)
    return binary
