"""Short forms of the trials that play by chance, and of the volunteer who counts. In a real browser."""

import pytest
import sequences
import volunteer
from places import Place  # noqa: F401  (these tests use a browser: support/groups.py)
from stray_keys import Strokes


@pytest.mark.parametrize("seed", [1, 2])
def test_no_word_is_lost_whatever_an_assessor_does_and_whatever_goes_wrong(app, seed):
    sequences.play(app, seed)


def test_no_word_is_lost_in_jupyterlab_either(lab):
    sequences.play(lab, 3)


def test_stray_keys_and_clicks_leave_the_notebook_alone_and_no_change_unseen(lab):
    Strokes(lab, seed=1).make(100)


def test_a_review_takes_few_clicks_or_keys_and_no_wheel_but_to_read():
    one = volunteer.act({"here": volunteer.ROOT}, 1)["here"]
    assert volunteer.above_the_aim(one.reviews) == []
