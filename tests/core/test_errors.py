"""Messages that can be read, whatever a file or a library puts into them."""

from __future__ import annotations

from wnpopt.core.errors import InputError, reason


def test_a_message_ends_somewhere() -> None:
    whole = InputError("x" * 5000)
    assert (whole.what, str(whole)) == ("x" * 5000, "x" * 5000)
    cut = InputError("x" * 5001, where="here", file="a.json")
    assert cut.what == "x" * 4999 + "…"
    assert str(cut) == f"a.json: here: {cut.what}"
    assert str(cut.in_file("b.json")) == str(cut)


def test_what_a_library_says() -> None:
    assert reason(ValueError("  no\n data ")) == "no\\n data"
    assert reason(ValueError()) == "ValueError"
    assert reason(KeyError("x" * 1000)) == "'" + "x" * 298 + "…"
