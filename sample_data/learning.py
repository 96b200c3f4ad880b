"""What do the invented members learn? Some 250 titles by discipline and kind, and reflections of three qualities."""

from __future__ import annotations

import random

TOPICS = {
    "power": (
        "protection relays",
        "BS 7671 updates",
        "power electronics",
        "battery storage",
        "earthing design",
        "HVDC links",
        "demand response",
    ),
    "software": (
        "Python for engineers",
        "secure coding",
        "functional safety software",
        "cloud services",
        "test automation",
        "data privacy",
        "machine learning",
    ),
    "rail": (
        "ETCS signalling",
        "traction drives",
        "overhead line design",
        "axle counters",
        "electromagnetic compatibility",
        "level crossings",
        "rail safety cases",
    ),
    "communications": (
        "5G networks",
        "optical fibre links",
        "antenna design",
        "network security",
        "satellite links",
        "timing over packet",
        "spectrum policy",
    ),
    "manufacturing": (
        "lean methods",
        "robot cells",
        "additive manufacturing",
        "quality systems",
        "machine vision",
        "predictive maintenance",
        "soldering standards",
    ),
    "control": (
        "PLC programming",
        "model predictive control",
        "SCADA security",
        "alarm management",
        "sensor calibration",
        "hazard studies",
        "digital twins",
    ),
}
PATTERNS = {
    "training": "Course on {topic}",
    "work_experience": "Led a project on {topic}",
    "academic": "MSc module: {topic}",
    "volunteering": "Standards panel for {topic}",
    "events": "Local network lecture on {topic}",
    "self_study": "Articles on {topic}",
}
SOFT = {
    "training": ("Presentation skills course", "Coaching workshop"),
    "work_experience": ("First months as a line manager", "Chaired design reviews"),
    "academic": ("MBA module: leading change", "Ethics unit"),
    "volunteering": ("STEM Ambassador visits", "Mentoring a graduate"),
    "events": ("Networking evening", "Seminar on inclusion"),
    "self_study": ("Podcast on negotiation", "Book on feedback"),
}
KINDS = tuple(PATTERNS)
WORDS = {
    "training": "Training courses",
    "work_experience": "Work experience",
    "academic": "Academic study",
    "volunteering": "Volunteering",
    "events": "Events and seminars",
    "self_study": "Self-study",
}
SYNONYMS = {
    "training": "course",
    "work_experience": "on the job",
    "academic": "degree module",
    "volunteering": "mentoring",
    "events": "conference",
    "self_study": "reading",
}
# Hours as people write them; short ones are commoner, a two-day course is rare.
DURATIONS = {
    "training": (1.5, 1.5, 3.5, 7, 7, 7.5, 14),
    "work_experience": (1, 2, 2, 4, 7.5),
    "academic": (3.5, 7, 7, 14),
    "volunteering": (1, 1, 1.5, 2, 4),
    "events": (1, 1.5, 1.5, 2, 7),
    "self_study": (0.5, 0.5, 1, 1, 1.5),
}
THIN = (
    "Attended.",
    "Interesting and useful.",
    "A good overview was given of the subject.",
    "It was run by an experienced speaker.",
)
PLAIN = (
    "I learnt how {topic} works in practice and where its limits are.",
    "I can now explain {topic} to my team.",
    "It brought me up to date on {topic}; I kept the notes for later.",
)
DEEP = (
    (
        "Before this I avoided {topic}. Since then I have changed our checklist, and two reviews"
        " went faster. Next I want to try it on a live site."
    ),
    (
        "What went less well: I underestimated {topic}. I now ask for a second pair of eyes early,"
        " and my colleagues do the same."
    ),
    (
        "I used {topic} within a month on our own equipment. The fault rate fell, and I showed the"
        " team how. Next step: write it up."
    ),
)


def title_and_topic(
    discipline: str, kind: str, area: str, chance: random.Random
) -> tuple[str, str]:
    """A title of this kind, and the topic that a reflection can name."""
    if area == "personal_soft":
        title = chance.choice(SOFT[kind])
        return title, title.split(":")[-1].strip().lower()
    fields = tuple(TOPICS)
    field = (
        discipline
        if area == "job_role_technical"
        else fields[(fields.index(discipline) + 1) % len(fields)]
    )
    topic = chance.choice(TOPICS[field])
    return PATTERNS[kind].format(topic=topic), topic


def reflection(quality: str, topic: str, chance: random.Random) -> str:
    """One reflection: thin (merely describes), plain or deep."""
    return chance.choice({"thin": THIN, "plain": PLAIN, "deep": DEEP}[quality]).format(topic=topic)
