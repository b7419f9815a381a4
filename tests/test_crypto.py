"""What hides a token in a compressed page: another text each time, the same token again."""

import gzip

import pytest

from guide.crypto import mask, unmask

TOKEN = "ImZvcm0i.aSOq1w.FYr9bZ0-x_Q" * 2


def test_a_token_is_written_otherwise_each_time_and_is_the_same_again() -> None:
    masked = {mask(TOKEN) for _ in range(50)}
    assert len(masked) == 50
    assert {unmask(one) for one in masked} == {TOKEN}
    # No letter of it stays in its place: what is guessed right is not told from what is guessed wrong.
    assert all(len({one[place] for one in masked}) > 5 for place in range(40))


@pytest.mark.parametrize(
    "text", ["", "x", TOKEN, "é" * 40, "AAAA", "A" * 41, "=", mask(TOKEN) + "A", mask(TOKEN)[:-4], "\0"]
)
def test_what_was_not_masked_here_is_no_token(text: str) -> None:
    assert unmask(text) != TOKEN


@pytest.mark.control("C14")
def test_a_right_guess_makes_a_compressed_page_no_shorter_than_a_wrong_one() -> None:
    def size(guess: str) -> float:
        sizes = [
            len(gzip.compress(f'<input value="{mask(TOKEN)}"> {guess}'.encode(), mtime=0)) for _ in range(200)
        ]
        return sum(sizes) / len(sizes)

    assert abs(size(TOKEN[:30]) - size(TOKEN[:30][::-1])) < 1.5
