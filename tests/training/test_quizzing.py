"""A try, without a database: whatever is drawn and shuffled, it scores what the bank says."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from training.quizzing import Door, as_shown, draw, next_try, score

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)


@dataclass(frozen=True)
class AQuestion:
    id: int
    options: list[str]
    right: list[int]
    version: int = 1
    text: str = "?"
    explanation: str = ""
    playbook_id: int | None = None
    step: str = ""
    picked: frozenset[str] = field(default=frozenset())


@st.composite
def banks(draw_):
    """Questions with what somebody would choose of each, by the words of the options."""
    found = []
    for number in range(draw_(st.integers(1, 8))):
        options = [f"{number}-{place}" for place in range(draw_(st.integers(2, 10)))]
        places = st.sets(st.sampled_from(range(len(options))), min_size=1)
        right, picked = draw_(places), draw_(places)
        if draw_(st.booleans()):
            picked = right
        found.append(
            AQuestion(number, options, sorted(right), picked=frozenset(options[each] for each in picked))
        )
    return found


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(banks(), st.integers(0, 10), st.integers().map(str))
def test_any_draw_and_shuffle_scores_the_same_as_the_bank(bank, draws, seed):
    kept = draw(bank, draws, seed)
    shown = as_shown(kept)
    by_options = {frozenset(each.options): each for each in bank}

    # The one who takes it reads the words, in the order shown, and clicks on places.
    chosen, expected = {}, 0
    for asked in shown:
        question = by_options[frozenset(asked.options)]
        chosen[asked.number] = [place for place, text in enumerate(asked.options) if text in question.picked]
        expected += question.picked == {question.options[place] for place in question.right}
        assert asked.is_multiple == (len(question.right) > 1)
    result = score(kept, chosen)

    assert len(shown) == len({each["id"] for each in kept["questions"]}) == min(draws or len(bank), len(bank))
    assert (result.right, result.total) == (expected, len(shown))
    assert result.score == expected * 100 // len(shown)
    for mark in (1, 33, 67, 80, 100):
        assert (result.score >= mark) == (expected * 100 >= mark * len(shown))
    assert kept == draw(bank, draws, seed)
    for each, asked in zip(result.shown, shown, strict=True):
        question = by_options[frozenset(asked.options)]
        assert {each["options"][place] for place in each["right"]} == {
            question.options[place] for place in question.right
        }


@given(st.integers(0, 5), st.integers(0, 48), st.lists(st.integers(0, 100), max_size=6), st.booleans())
def test_the_next_try_waits_for_the_pause_and_for_the_limit(tries, pause, hours_ago, is_done):
    handed_in = [NOW - timedelta(hours=each) for each in hours_ago]
    following = next_try(tries, pause, handed_in, is_done, NOW)

    if is_done:
        assert following.door == Door.DONE
    elif tries and len(handed_in) >= tries:
        assert following.door == Door.USED_UP
    elif any(each < pause for each in hours_ago):
        assert following.door == Door.PAUSE and following.opens_at > NOW
        assert following.opens_at == NOW + timedelta(hours=pause - min(hours_ago))
    else:
        assert following.door == Door.OPEN and following.left != 0
