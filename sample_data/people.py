"""Who is in the sample register? Invented members: names of many origins, impossible numbers, addresses at example.org."""

from __future__ import annotations

import random
from datetime import date, timedelta

GIVEN = [
    "Aisha",
    "Amara",
    "Ana",
    "Anjali",
    "Arjun",
    "Beatriz",
    "Bilal",
    "Bronwen",
    "Callum",
    "Chidi",
    "Chloe",
    "Daniel",
    "Dilys",
    "Ebele",
    "Elena",
    "Emeka",
    "Erin",
    "Fatima",
    "Femi",
    "Fiona",
    "Gareth",
    "Giulia",
    "Grace",
    "Hana",
    "Harpreet",
    "Hiroshi",
    "Ibrahim",
    "Imogen",
    "Ines",
    "Isla",
    "Ivan",
    "Jamal",
    "Jian",
    "Joao",
    "Kamala",
    "Katarzyna",
    "Kofi",
    "Kwame",
    "Lars",
    "Leila",
    "Lewis",
    "Lin",
    "Magdalena",
    "Mairi",
    "Marek",
    "Maryam",
    "Mei",
    "Mohammed",
    "Naoko",
    "Nia",
    "Niamh",
    "Nikhil",
    "Noor",
    "Olga",
    "Oluwaseun",
    "Owain",
    "Pablo",
    "Padraig",
    "Pilar",
    "Priya",
    "Rachel",
    "Rhys",
    "Ruth",
    "Samir",
    "Sanjay",
    "Sean",
    "Siobhan",
    "Sofia",
    "Sunita",
    "Tamsin",
    "Tariq",
    "Thandiwe",
    "Tomasz",
    "Uma",
    "Vikram",
    "Wei",
    "Xin",
    "Yasmin",
    "Yusuf",
    "Zainab",
    "Zoe",
]
FAMILY = [
    "Adeyemi",
    "Ahmed",
    "Andersson",
    "Banerjee",
    "Begum",
    "Bevan",
    "Bianchi",
    "Boateng",
    "Campbell",
    "Chen",
    "Choudhury",
    "Clarke",
    "Costa",
    "Davies",
    "Diaz",
    "Dlamini",
    "Doyle",
    "Eze",
    "Ferreira",
    "Fraser",
    "Garcia",
    "Ghosh",
    "Griffiths",
    "Gupta",
    "Hassan",
    "Hughes",
    "Hussain",
    "Ibrahim",
    "Ito",
    "Jansen",
    "Jones",
    "Kapoor",
    "Kaur",
    "Khan",
    "Kim",
    "Kowalski",
    "Kumar",
    "Lewandowski",
    "Li",
    "Lopez",
    "MacDonald",
    "Mahmood",
    "Mbeki",
    "Mensah",
    "Morgan",
    "Murphy",
    "Nakamura",
    "Ndlovu",
    "Nguyen",
    "Novak",
    "Nowak",
    "O'Brien",
    "O'Neill",
    "Okafor",
    "Okoro",
    "Osei",
    "Patel",
    "Pereira",
    "Popescu",
    "Qureshi",
    "Rahman",
    "Rao",
    "Rees",
    "Reid",
    "Rossi",
    "Roy",
    "Santos",
    "Sato",
    "Sharma",
    "Shah",
    "Silva",
    "Singh",
    "Stewart",
    "Suleiman",
    "Sutherland",
    "Tanaka",
    "Thomas",
    "Tran",
    "Usman",
    "Varga",
    "Wang",
    "Watanabe",
    "Williams",
    "Wood",
    "Wright",
    "Yamamoto",
    "Yeo",
    "Zhang",
    "Zulu",
]
DISCIPLINES = ("power", "software", "rail", "communications", "manufacturing", "control")
EMPLOYERS = (
    "Brightwater Grid",
    "Calder Vale Rail",
    "Dunmore Signals",
    "Eastmoor Controls",
    "Fenwick Robotics",
    "Glenside Software",
    "Harrowby Power",
    "Inverlea Wind",
    "Kestrel Telecoms",
    "Langdale Drives",
    "Moorfield Metering",
    "Northgate Automation",
    "",
)
GRADES = ("TMIET",) * 4 + ("MIET",) * 12 + ("FIET",) * 2 + ("Student", "Associate")
REGISTRATIONS = ("CEng",) * 7 + ("IEng",) * 3 + ("EngTech", "ICTTech") + ("none",) * 6


def make_members(number: int, chance: random.Random) -> list[dict[str, str]]:
    """The register's rows as text, in order of membership number; every number starts with X0, as no real one does."""
    members = []
    for place in range(number):
        joined = date(1985, 1, 1) + timedelta(days=chance.randrange(11_600))
        opted = (
            date(2013, 7, 1) + timedelta(days=chance.randrange(915))
            if chance.random() < 0.32
            else None
        )
        left = (
            date(2014, 3, 1) + timedelta(days=chance.randrange(1_000))
            if chance.random() < 0.04
            else None
        )
        given, family = chance.choice(GIVEN), chance.choice(FAMILY)
        volunteering = chance.choice(("yes", "no", "", ""))
        members.append(
            {
                "member_no": f"X0{place * 37 + 10_007:06d}",
                "joined_on": joined.isoformat(),
                "left_on": left.isoformat() if left and left > joined else "",
                "deceased": "yes" if left and joined < left < date(2014, 7, 1) else "",
                "do_not_contact": "no",
                "name": f"{given} {family}",
                "email": f"member{place + 1:04d}@example.org",
                "grade": chance.choice(GRADES),
                "registration": chance.choice(REGISTRATIONS),
                "discipline": chance.choice(DISCIPLINES),
                "employer": chance.choice(EMPLOYERS),
                "professional_status": "active",
                "volunteering": volunteering,
                "status_from": "",
                "opted_in_on": opted.isoformat() if opted and opted > joined else "",
            }
        )
    return members


def make_assessors(capacities: list[int], chance: random.Random) -> list[dict[str, str]]:
    """Fourteen volunteers, two or three fields each, so that every field has several."""
    rows = []
    for place, capacity in enumerate(capacities):
        fields = {
            DISCIPLINES[place % 6],
            DISCIPLINES[(place + 2) % 6],
            DISCIPLINES[(place * 5 + 1) % 6],
        }
        rows.append(
            {
                "assessor_id": f"A{place + 1:02d}",
                "member_no": "",
                "name": f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}",
                "email": f"assessor{place + 1:02d}@example.org",
                "disciplines": "; ".join(sorted(fields)),
                "employer": EMPLOYERS[place % 12],
                "capacity": str(capacity),
                "conflicts": "",
            }
        )
    return rows
