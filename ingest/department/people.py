"""Names of people in free text: told by the title before them, apart from those that a body, street or prize bears."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_HONORIFIC: Final = r"MM\.|Mmes?\.?|Mlles?\.?|Mr\.?|Mrs\.?|Ms\.?|[Mm]onsieur|[Mm]adame|[Mm]ademoiselle"
_ACADEMIC: Final = r"M\.|Drs?\.?|Prof\.?|Profs\.|Pr\.?|[Dd]octeur|[Dd]octor|[Pp]rofesseure?|[Pp]rofessor"
_PARTICLE: Final = r"(?:(?:de la|de|du|des|von|van de[rn]?|van|el|al|bin|ben)\s|d['’]|al-|el-)?"
_TITLED: Final = re.compile(
    rf"(?<![\w'’.-])(?P<title>{_HONORIFIC}|{_ACADEMIC})(?:(?<=\.)\s?|\s)"
    rf"(?:(?:{_ACADEMIC}|{_HONORIFIC})(?:(?<=\.)\s?|\s))*"
    rf"(?P<name>(?:[A-ZÀ-Þ]\.[ -]?)*{_PARTICLE}[^\W\d_][\w'’-]+)"
)
_NO_NAME: Final = re.compile(
    # degrees (M.Sc.) and functions (Mr President): a title, and no person
    r"(?:Sc|Phil|Tech|Eng|Ed|Arch|Res|Com)\b|(?:Pr[ée]sident|Vice|Minist|Ambassad|Direct|Secr[ée]tair|Secretary|Consul"
    r"|Recteur|Rector|Chancel|Maire|Mayor|D[ée]l[ée]gu|Delegat|[ÉE]m[ée]rit|Invit|Associ|Assist|Visiting)",
    re.IGNORECASE,
)
_WORN_OUT: Final = re.compile(r"M\. (?:Sk[lł]odowska[- ])?Curie\b")
"""Marie Curie, of the actions, chairs and prizes in her name."""

_BORN_BEHIND: Final = re.compile(
    r"(?:[\s-]+(?:[^\W\d_a-zß-ÿ][\w.'’-]*|de|da|do|dos|e))*?[\s-]+(?:University|Universit(?:ä|ae)t|Institut[e]?|Hospital"
    r"|Colleges?|School|Academy|Laborator(?:y|ies)|Cent(?:er|re)|Foundation|Stiftung|Museum|Clinic|[Pp]rizes?"
    r"|[Aa]wards?|[Mm]edal|[Cc]hair|[Ff]ellowships?|[Ll]ectures?)\b"
)
"""English and German put what bears a name behind it; `Prof. Tanaka, University of Tokyo` is cut off by the comma."""

_BORN_BEFORE: Final = re.compile(
    r"(?:(?<!['’\w])(?:Universit[éàya]\w*|Universidade?|Institut[oe]?|H[ôo]pital|Hospital|Clinique|Centre|Centro"
    r"|Fondation|Fundaci[óo]n|Funda[çc][ãa]o|Lyc[ée]e|[ÉE]cole|Laboratoire|[Pp]rix|[Cc]haire|[Mm][ée]daille|[Bb]ourse)"
    r"|\b(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Bb]d|[Pp]lace|[Qq]uai|[Aa]ll[ée]e|[Ss]quare|[Hh][ôo]pital)(?: du| de la)?)"
    r"\s$"
)


def titled(text: str) -> Iterator[tuple[str, bool]]:
    """Titles with a name, as written, and whether a body, street or prize seems to bear it.

    >>> list(titled("Reçu par M. Dupont, au Dr. Ambedkar College"))
    [('M. Dupont', False), ('Dr. Ambedkar', True)]
    """
    for found in _TITLED.finditer(text):
        family = re.split(r"[\s.'’]", found["name"])[-1]
        if not (family[:1].isupper() or found["name"][:3].lower() in ("al-", "el-")):
            continue
        if _NO_NAME.match(found["name"]) or _WORN_OUT.match(text, found.start()):
            continue
        born = re.fullmatch(_ACADEMIC, found["title"]) is not None and bool(
            _BORN_BEHIND.match(text, found.end()) or _BORN_BEFORE.search(text, 0, found.start())
        )
        yield found[0], born
