"""The conformance kit: what every family, method and verifier must keep, for the tests of any package.

It needs no test framework: ``conform(Subject(FAMILY, mutations=…))`` raises one ``AssertionError`` with all that is
broken. With pytest, one test a check::

    @pytest.mark.parametrize("case", testing.cases(SUBJECT), ids=str)
    def test_conformance(case):
        reason = case.run()
        if reason:
            pytest.skip(reason)
"""

from wnpopt.testing import documents, family, method, verifier
from wnpopt.testing.family import check_family
from wnpopt.testing.kit import CHECKS, VERSION, Case, Check, Mutation, Subject, cases, conform, expect
from wnpopt.testing.results import check_method, check_repeatable, check_result

__all__ = [
    "CHECKS",
    "VERSION",
    "Case",
    "Check",
    "Mutation",
    "Subject",
    "cases",
    "check_family",
    "check_method",
    "check_repeatable",
    "check_result",
    "conform",
    "documents",
    "expect",
    "family",
    "method",
    "verifier",
]
