"""What the two demo organizations look like today: plain data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Team:
    """A billing group: its people today, its limit, what it consumes in a whole period.

    One that is `steady` has consumed that much in the current period however young this is:
    it shows its state (blocked, near its limit) on every day.
    """

    name: str
    people: int
    limit: int | None
    credits: int
    description: str = ""
    steady: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """`people` of a team who came from another: so many periods ago, at that part of it."""

    people: int
    source: str
    target: str
    periods_ago: int
    part: float


@dataclass(frozen=True, slots=True)
class Special:
    """Somebody who must be there; `limit`: amount, unlimited, not set or reached."""

    name: str
    email: str
    team: str
    limit: str = "amount"
    is_admin: bool = False
    ends_as: str = ""  # "disabled", "removed"


@dataclass(frozen=True, slots=True)
class Invited:
    """People who were invited so many days ago: after 7 days that is over."""

    letters: tuple[str, ...]  # of their emails
    team: str
    days_ago: float
    is_admin: bool = False
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Demo:
    name: str
    slug: str
    time_zone: str
    period_start_day: int
    teams: tuple[Team, ...]
    specials: tuple[Special, ...]
    moves: tuple[Move, ...]
    groups: dict[str, int]  # for authorization: name and number of members
    invited: tuple[Invited, ...] = ()
    past_periods: int = 6
    reports: int = 13  # of a member in a whole period, on average

    @property
    def domain(self):
        return f"{self.slug}.example"


UNASSIGNED = "Unassigned"
BOTH = "Noor Haddad", "noor@partner.example"

ACME = Demo(
    name="Acme Robotics",
    slug="acme",
    time_zone="Asia/Singapore",
    period_start_day=1,
    teams=(
        Team(UNASSIGNED, 17, None, 4_200),
        Team("Platform Engineering", 46, 60_000, 39_600, "Cost center 4100"),
        Team("Data Science", 28, 40_000, 36_400, "Cost center 4200", steady=True),
        Team("Mobile Apps", 24, 25_000, 27_500, "Cost center 4300", steady=True),
        Team("Contractors", 12, 0, 8_000, "Frozen until the new purchase order"),
        Team("Research 研究", 19, None, 21_500, "Funded by the university partnership"),
        Team("Customer Success", 33, 30_000, 14_700, "Cost center 5100"),
        Team("Marketing & Brand", 21, 15_000, 10_900, "Cost center 5200"),
        Team("Tokyo 東京", 40, 45_000, 25_300, "Cost center 7100"),
        Team("Legacy Migration", 0, 12_000, 6_800, "Cost center 4900", deleted=True),
    ),
    specials=(
        Special("Ada Lindqvist", "admin@acme.example", "Platform Engineering", "unlimited", True),
        Special("Marcus Chen", "member@acme.example", "Mobile Apps"),
        Special(*BOTH, "Research 研究"),
        Special("Siobhán O'Brien", "siobhan.obrien@acme.example", "Platform Engineering"),
        Special("=Build Bot", "build-bot@acme.example", "Platform Engineering", "unlimited"),
        Special("林志玲", "zhiling.lin@acme.example", "Customer Success", "reached"),
        Special("Pedro Núñez", "pedro.nunez@acme.example", "Tokyo 東京", "reached"),
        Special("Greta Vogel", "greta.vogel@acme.example", "Customer Success", ends_as="disabled"),
        Special("Oskar Lund", "oskar.lund@acme.example", "Marketing & Brand", ends_as="removed"),
    ),
    moves=(
        Move(5, "Tokyo 東京", "Platform Engineering", 3, 0.5),
        Move(2, "Data Science", "Research 研究", 1, 0.3),
        Move(9, "Legacy Migration", "Platform Engineering", 0, 0.5),
        Move(4, "Customer Success", "Marketing & Brand", 0, 0.6),
        Move(3, UNASSIGNED, "Tokyo 東京", 0, 0.7),
    ),
    groups={
        "Console auditors": 4,
        "IDE early access": 38,
        "Production deployers": 17,
        "Robotics guild": 61,
        "新人研修 2026": 12,
    },
    invited=(
        Invited(("lena.brandt",), "Platform Engineering", 9.4),
        Invited(("omar.said",), "Marketing & Brand", 5.2, is_admin=True),
        Invited(("yuna.kim", "hugo.lind"), "Tokyo 東京", 0.1, groups=("新人研修 2026",)),
    ),
)

GLOBEX = Demo(
    name="Globex",
    slug="globex",
    time_zone="America/New_York",
    period_start_day=31,
    teams=(
        Team(UNASSIGNED, 3, None, 600),
        Team("Trading Systems", 14, 20_000, 12_400, "Desk 12"),
        Team("Risk", 9, 8_000, 5_100, "Desk 14"),
        Team("Back Office", 14, None, 6_300),
    ),
    specials=(
        Special("Grace Holloway", "admin@globex.example", "Trading Systems", "unlimited", True),
        Special(*BOTH, "Risk"),
    ),
    moves=(Move(2, "Back Office", "Risk", 0, 0.5),),
    groups={"Release managers": 5},
    reports=6,
)
