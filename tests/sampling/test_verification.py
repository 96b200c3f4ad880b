"""A draw is verified from its two files alone, and every change to them is refused, with why."""

import base64
import copy
import hashlib
import hmac
import json
import random

import pytest
from commands import run_cli
from committed import SEED, committed_season

from assessor_kit import tables
from assessor_kit.feedback.draw_page import member_code
from assessor_kit.sampling import (
    Seed,
    digest_of,
    draw_content,
    read_commitment,
    verify_files,
    written,
)
from assessor_kit.store import read_table


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return committed_season(tmp_path_factory.mktemp("season") / "w")


def tampered(made, change):
    """Both files with a change; returns what verification finds."""
    commitment, draw = copy.deepcopy(made.commitment), copy.deepcopy(made.draw)
    change(commitment, draw)
    assert (commitment, draw) != (made.commitment, made.draw)
    return verify_files(commitment, draw, published=made.digest)


def test_an_honest_draw_is_verified(made):
    found = verify_files(made.commitment, made.draw, published=made.digest)
    assert found.reasons == ()
    assert found.digest == made.digest
    assert [part["selected"] for part in found.strata] == [17, 3]


def test_the_files_name_no_member(made):
    for file in made.files:
        text = file.read_text(encoding="utf-8")
        assert "X000" not in text
        assert "Member" not in text


def another(text, chance):
    """The text with one hexadecimal digit changed."""
    place = chance.randrange(len(text))
    digit = chance.choice([one for one in "0123456789abcdef" if one != text[place]])
    return text[:place] + digit + text[place + 1 :]


def of_commitment(chance):
    key = chance.choice(
        ["root", "size", "frame_size", "body", "made_with", "reserve_percent", "page_address"]
    )

    def change(commitment, _draw):
        value = commitment[key]
        commitment[key] = value + 1 if isinstance(value, int) else f"{value}1"

    return change


def of_frame(chance):
    kind = chance.choice(["removed", "added", "replaced", "twice"])

    def change(_commitment, draw):
        leaves = draw["strata"][0]["leaves"]
        place = chance.randrange(len(leaves))
        if kind == "removed":
            del leaves[place]
        elif kind == "twice":
            leaves.append(leaves[place])
        else:
            new = another(leaves[place], chance)
            if kind == "replaced":
                del leaves[place]
            leaves.append(new)
        leaves.sort()

    return change


def of_seed(chance):
    def change(_commitment, draw):
        rolls = draw["seed"].split()
        place = chance.randrange(len(rolls))
        rolls[place] = chance.choice([one for one in "123456" if one != rolls[place]])
        draw["seed"] = " ".join(rolls)

    return change


def of_stratum(chance):
    kind = chance.choice(["moved", "exchanged", "renamed", "sizes"])

    def change(commitment, draw):
        one, other = draw["strata"]
        if kind == "moved":
            other["leaves"].append(one["leaves"].pop(chance.randrange(len(one["leaves"]))))
        elif kind == "exchanged":
            mine, theirs = chance.randrange(len(one["leaves"])), chance.randrange(3)
            one["leaves"][mine], other["leaves"][theirs] = (
                other["leaves"][theirs],
                one["leaves"][mine],
            )
        elif kind == "renamed":
            one["name"] += "x"
        else:
            commitment["strata"][0]["selected"] += chance.randint(1, 5)
        for stratum in draw["strata"]:
            stratum["leaves"].sort()

    return change


def of_selection(chance):
    kind = chance.choice(["exchanged", "dropped", "order", "reserve"])

    def change(_commitment, draw):
        stratum = draw["strata"][0]
        drawn = stratum["selected"]
        place = chance.randrange(len(drawn) - 1)
        if kind == "exchanged":
            drawn[place] = chance.choice([one for one in stratum["leaves"] if one not in drawn])
        elif kind == "dropped":
            del drawn[place]
        elif kind == "order":
            drawn[place], drawn[place + 1] = drawn[place + 1], drawn[place]
        else:
            stratum["reserves"].reverse()

    return change


def of_probability(chance):
    def change(_commitment, draw):
        draw["strata"][chance.randrange(2)]["inclusion_probability"] = f"{chance.randint(2, 90)}/91"

    return change


def of_date(chance):
    key = chance.choice(["made_at", "seed_known_at", "seed_from", "drawn"])

    def change(commitment, draw):
        day = f"2027-01-{chance.randint(16, 28)}"
        if key == "made_at":
            commitment["made_at"] = f"{day}T00:00:00Z"
        elif key == "drawn":
            draw["seed_known_at"] = f"{day}T12:00:00Z"
        elif key == "seed_known_at":
            commitment["seed_known_at"] = f"{day}T12:00:00Z"
        else:
            commitment["seed_from"] = commitment["seed_from"].replace("2027-01-15", day)

    return change


@pytest.mark.parametrize(
    "kind",
    [of_commitment, of_frame, of_seed, of_stratum, of_selection, of_probability, of_date],
)
def test_a_hundred_of_a_hundred_changed_files_are_refused_with_the_reason(made, kind):
    found = [tampered(made, kind(random.Random(number))) for number in range(100)]
    assert [number for number, one in enumerate(found) if one.verified] == []
    assert all(len(reason) > 20 for one in found for reason in one.reasons)


@pytest.mark.parametrize("number", range(4))
def test_a_change_that_hides_its_own_traces_is_refused_too(made, number):
    """The forger also writes the digests and draws anew that follow from the change."""
    chance = random.Random(number)

    def change(commitment, draw):
        of_frame(chance)(commitment, draw)
        draw["strata"][0]["selected"] = draw["strata"][0]["leaves"][:17]
        draw["commitment"] = digest_of(commitment)

    assert any(
        "not those that were committed to" in reason for reason in tampered(made, change).reasons
    )


def remade(folder, number):
    """Another body's whole draw: other members, another seed, files that agree with each other."""
    chance = random.Random(number)
    return committed_season(
        folder,
        members=chance.randint(150, 260),
        size=20,
        certain=["X0000001", "X0000002", "X0000003"],
    )


def test_a_hundred_wholly_remade_draws_are_refused(made, tmp_path):
    base = remade(tmp_path / "w", 1)
    assert verify_files(base.commitment, base.draw).verified  # they agree with each other
    for number in range(100):
        seed = " ".join(str(random.Random(number).randint(1, 6)) for _ in range(12))
        stated = read_commitment(base.commitment)
        leaves = {row["name"]: row["leaves"] for row in base.draw["strata"]}
        draw = draw_content(stated, leaves, seed=Seed(text=seed))
        against_ours = verify_files(made.commitment, draw)
        assert not against_ours.verified
        assert any("root" in reason for reason in against_ours.reasons)
        both = verify_files(base.commitment, draw, published=made.digest)
        assert not both.verified
        assert any("another commitment" in reason for reason in both.reasons)


@pytest.mark.parametrize(
    "nonsense", [None, [], 7, "x", {}, {"format": "assessor-kit commitment 1"}]
)
def test_nonsense_is_refused_and_breaks_nothing(made, nonsense):
    assert not verify_files(nonsense, made.draw).verified
    assert not verify_files(made.commitment, nonsense).verified


@pytest.mark.parametrize("value", [None, [], 7, {}, "x", [None], [{}], -1, True])
def test_no_value_in_any_place_breaks_the_verification(made, value):
    for source, keys in (("commitment", made.commitment), ("draw", made.draw)):
        for key in [one for one in keys if keys[one] != value]:
            commitment, draw = copy.deepcopy(made.commitment), copy.deepcopy(made.draw)
            (commitment if source == "commitment" else draw)[key] = value
            assert not verify_files(commitment, draw).verified, key
    for key in made.draw["strata"][0]:
        draw = copy.deepcopy(made.draw)
        draw["strata"][0][key] = value
        assert not verify_files(made.commitment, draw).verified, key


def test_the_command_needs_the_two_files_and_no_workspace(made, tmp_path):
    paths = []
    for name, content in (("c", made.commitment), ("d", made.draw)):
        paths.append(tmp_path / f"{name}.json")
        paths[-1].write_text(written(content).replace("\n", "\r\n"), encoding="utf-8")
    words = [
        "verify-draw",
        "--commitment",
        paths[0],
        "--draw",
        paths[1],
        "--published",
        made.digest,
    ]
    status, answer, _ = run_cli(*words, workspace=tmp_path / "nowhere")
    assert (status, answer["verified"], answer["verifiable"], answer["reasons"]) == (
        0,
        True,
        True,
        [],
    )
    draw = json.loads(paths[1].read_text(encoding="utf-8"))
    assert draw["seed"] == SEED
    draw["seed"] = "1 " + SEED[2:]
    paths[1].write_text(json.dumps(draw), encoding="utf-8")
    status, answer, _ = run_cli(*words, workspace=tmp_path / "nowhere")
    assert (status, answer["verified"]) == (1, False)
    assert any("draws other selected" in reason for reason in answer["reasons"])
    assert not (tmp_path / "nowhere").exists()


def test_a_checker_written_from_the_docs_alone_agrees(made):
    """docs/draws.md, followed with nothing but SHA-256 and HMAC."""

    def hashed(row, tag):
        return [
            hashlib.sha256(tag + b"".join(row[start : start + 256])).digest()
            for start in range(0, len(row), 256)
        ]

    def ticket(leaf):
        before = hashlib.sha256(made.draw["seed"].encode()).hexdigest()
        number = int(hashlib.sha256((before + leaf).encode()).hexdigest(), 16)
        return "0." + str(number).zfill(64)[::-1]

    lines = ""
    for stated, row in zip(made.commitment["strata"], made.draw["strata"], strict=True):
        above = hashed([bytes.fromhex(leaf) for leaf in sorted(row["leaves"])], b"\0")
        while len(above) > 1:
            above = hashed(above, b"\1")
        cells = [stated[key] for key in ("name", "members", "selected", "reserves")]
        lines += "\t".join(map(str, [*cells, above[0].hex()])) + "\n"
        order = sorted(row["leaves"], key=ticket)
        assert row["selected"] == order[: stated["selected"]]
        last = stated["selected"] + stated["reserves"]
        assert row["reserves"] == order[stated["selected"] : last]
    assert hashlib.sha256(b"\2" + lines.encode()).hexdigest() == made.commitment["root"]
    assert hashlib.sha256(made.files[0].read_bytes()).hexdigest() == made.digest
    member = read_table(made.workspace, tables.FRAMES).iloc[50]
    salt = member_code(member["member_no"], member["salt"]).partition(":")[2].replace("-", "")
    said = f"assessor-kit leaf 1\n2016-1\n{member['stratum']}\n{member['member_no']}"
    leaf = hmac.new(base64.b32decode(salt + "======"), said.encode(), "sha256").hexdigest()
    assert leaf == member["leaf"]
    assert any(leaf in row["leaves"] for row in made.draw["strata"])
