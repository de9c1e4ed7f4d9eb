"""The page of errors says what `explain` says."""

from tests.docs.errors_page import PAGE, errors_page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == errors_page(), "python -m tests.docs.errors_page brings it up to date"
