"""When the camera takes a picture by itself."""

from hypothesis import given
from hypothesis import strategies as st

from desktop.recognition.stillness import CLEARED, HOLD, STILL, Stillness

Quad = tuple[tuple[float, float], ...]
LOOK = 0.1


def card(x: float, y: float = 0.4) -> Quad:
    return ((x, y), (x + 0.25, y), (x + 0.25, y + 0.2), (x, y + 0.2))


def looked(state: Stillness, papers: tuple[Quad, ...], seconds: float, *, good: bool = True) -> tuple[Stillness, int]:
    """Ten looks a second for so long; the state after them and how many pictures were taken."""
    pictures = 0
    for _ in range(round(seconds / LOOK)):
        state = state.after(papers, good, state.now + LOOK)
        if state.take:
            pictures += 1
            state = state.taken()
    return state, pictures


def test_a_card_that_lies_still_is_taken_after_the_hold_and_not_before() -> None:
    state, pictures = looked(Stillness(), (card(0.3),), HOLD)
    assert pictures == 0
    assert 0.8 < state.ring < 1.0
    state, pictures = looked(state, (card(0.3),), 0.2)
    assert pictures == 1
    assert state.ring == 0.0


def test_a_card_left_lying_is_taken_once() -> None:
    _, pictures = looked(Stillness(), (card(0.3),), 60)
    assert pictures == 1


def test_a_card_pushed_straight_after_it_was_taken_is_not_taken_again() -> None:
    state, _ = looked(Stillness(), (card(0.3),), 2)
    for step in range(10):
        state = state.after((card(0.3 + 0.03 * step),), True, state.now + LOOK)
    _, pictures = looked(state, (card(0.57),), 5)
    assert pictures == 0


def test_a_hand_that_hides_the_card_for_a_moment_does_not_make_it_another() -> None:
    state, _ = looked(Stillness(), (card(0.3),), 2)
    state, _ = looked(state, (), CLEARED - 0.2)
    _, pictures = looked(state, (card(0.3),), 5)
    assert pictures == 0


def test_the_next_card_at_the_same_place_is_taken_once_the_desk_was_clear() -> None:
    state, _ = looked(Stillness(), (card(0.3),), 2)
    state, _ = looked(state, (), CLEARED + 0.2)
    _, pictures = looked(state, (card(0.3),), 5)
    assert pictures == 1


def test_a_second_card_laid_beside_the_first_is_taken_and_its_removal_takes_nothing() -> None:
    state, _ = looked(Stillness(), (card(0.1),), 2)
    state, pictures = looked(state, (card(0.1), card(0.6)), 2)
    assert pictures == 1
    _, pictures = looked(state, (card(0.6),), 5)
    assert pictures == 0


def test_a_trembling_hand_is_waited_for() -> None:
    state = Stillness()
    for number in range(100):
        state = state.after((card(0.3 + (2 * STILL if number % 2 else 0)),), True, state.now + LOOK)
        assert not state.take


def test_a_paper_that_is_not_sharp_is_not_taken_however_still_it_lies() -> None:
    state, pictures = looked(Stillness(), (card(0.3),), 20, good=False)
    assert pictures == 0
    _, pictures = looked(state, (card(0.3),), HOLD + 0.2)
    assert pictures == 1


def test_what_was_taken_by_hand_is_not_taken_again() -> None:
    state, _ = looked(Stillness(), (card(0.3),), 0.4)
    _, pictures = looked(state.taken(), (card(0.3),), 10)
    assert pictures == 0


@given(st.lists(st.tuples(st.lists(st.sampled_from([0.05, 0.35, 0.65]), max_size=3, unique=True), st.booleans()), max_size=80))
def test_whatever_is_seen_a_picture_is_only_taken_of_papers_seen_good_and_still_for_the_whole_hold(
        looks: list[tuple[list[float], bool]]) -> None:
    state, steady = Stillness(), 0
    for places, good in looks:
        papers = tuple(card(x) for x in places)
        same = good and set(papers) == set(state.papers) and bool(papers)
        steady = steady + 1 if same else 0
        state = state.after(papers, good, state.now + LOOK)
        if state.take:
            assert steady * LOOK >= HOLD - 1e-6
            state = state.taken()
