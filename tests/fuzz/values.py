"""What readers stumble over: one value of each kind that ever went wrong somewhere."""

from __future__ import annotations

NUMBERS: tuple[object, ...] = (
    0, 1, -1, 2, 3, 7, 64, 255, 256, 65_535, 2**31 - 1, 2**31, 2**32, 2**53 - 1, 2**53, 2**53 + 1, -(2**53), 2**63 - 1,
    2**63, 2**64, 10**18, 10**30, -(10**30), 10**400, 0.0, -0.0, 0.5, 12.0, -2.5, 1e-9, 1e-300, 5e-324, 1e9, 1e15,
    1e300, 1.7976931348623157e308, -1e308, float("nan"), float("inf"), float("-inf"),
)  # fmt: skip
"""Integers at the ends of their types, floats at both ends of their range and what is no number."""

TEXTS: tuple[str, ...] = (
    "", " ", "0", "a", "null", "a->b", "\x00", "\x1b[31m", "\n", "\r", "\u202e", "\ud800", "é", "𝔸", "n" * 200,
    "n" * 201, "../../x", "/etc/passwd", "x.json", "C:\\x", "a/b", "~", "${HOME}", "%s%n", "{0}", "__import__('os')",
    "=1+1", "-1", "1_000", "١", "1e999", "inf", "nan", "0x10", "<script>", "$\\x$", "*", "all", "any", "small",
    "energy", "latency", "unicast", "multicast", "weighted", "count", "makespan", "weighted_latency", "server-only",
    "min-cut", "network:vgg-19", "weights.bin",
)  # fmt: skip
"""Names that mean something elsewhere: paths, formulas, escapes, words of the formats."""

WORDS: tuple[bytes, ...] = (
    b"", b",", b";", b" ", b"\t", b"\n", b"\r\n", b'"', b"0", b"-1", b"1", b"9" * 30, b"1e308", b"-1e308", b"1e-320",
    b"nan", b"inf", b"-inf", b"1_0", b"\xff", b"\x00", b"\xef\xbb\xbf", b"#", b"**", b"(obj:", b")", b"=",
    b":", b"[" * 40, b"e", b"s mip 3 4 o 1", b"j 1 1", b"# Rows", b"Index Status", b"Rows", b"plan", b"latency_s",
    b"\xd9\xa1", b"device-only",
)  # fmt: skip
"""Pieces of lines and of tables."""
