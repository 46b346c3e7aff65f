"""What a verifier must keep: every rule has a mutation that breaks it, and what methods return is accepted."""

from __future__ import annotations

import json
import math

import numpy as np

from wnpopt.core.certificate import Certificate
from wnpopt.core.document import Instance, Solution
from wnpopt.testing.kit import Subject, check, expect

_DRAWS = 5  # tries an instance: a mutation may draw a place where nothing can be broken


@check("verifier-rules")
def rules(subject: Subject) -> None:
    """Every rule of the verifier has a mutation, and every mutation a rule."""
    expect(bool(subject.rule_names), "the module of the verifier names its RULES, or the subject does")
    lacking = [rule for rule in subject.rule_names if rule not in subject.mutations]
    expect(not lacking, f"rules without a mutation that breaks them: {', '.join(lacking)}")
    unknown = [rule for rule in subject.mutations if rule not in subject.rule_names]
    expect(not unknown, f"mutations of rules that the verifier does not have: {', '.join(unknown)}")


@check("verifier-accepts")
def accepts(subject: Subject) -> None:
    """What a method returned is accepted, again and after being written and read, with the same objective."""
    for instance, solution in subject.solved:
        copy = subject.family.solution_type.from_data(json.loads(json.dumps(solution.to_data())))
        first, *others = (_judged(subject, instance, each) for each in (solution, solution, copy))
        told = "; ".join(map(str, first.violations))
        expect(first.accepted, f"a solution of {instance.name} that was accepted is rejected: {told}")
        expect(all(other == first for other in others), "the verifier says the same of the same solution")


@check("verifier-decisions-alone")
def decisions_alone(subject: Subject) -> None:
    """A solution holds decisions, no objective: the verifier works that out, and nobody else."""
    fields = set(subject.family.solution_type.model_fields)
    for name in ("objective", "value", "cost", "makespan", "gap", "bound"):
        expect(name not in fields, f"the solution has a field {name}; the verifier works the objective out")


@check("verifier-mutation", "rule")
def mutation(subject: Subject, rule: str) -> None:
    """A solution that breaks a rule is rejected, and the rule named, with a place and an amount above 0."""
    mutate = subject.mutations[rule]
    applied = 0
    for instance, solution in subject.solved:
        rng = np.random.default_rng(0)
        for _ in range(_DRAWS):
            changed = mutate(instance, solution, rng)
            if changed is None:
                continue
            applied += 1
            where, broken = changed if isinstance(changed, tuple) else (instance, changed)
            certificate = _judged(subject, where, broken)
            expect(not certificate.accepted, f"a solution of {where.name} that breaks {rule} is accepted")
            named = {violation.rule for violation in certificate.violations}
            expect(rule in named, f"the violations of a solution that breaks {rule} are {', '.join(sorted(named))}")
    expect(applied > 0, f"the mutation of {rule} applies to none of the {len(subject.solved)} solved instances")


def _judged(subject: Subject, instance: Instance, solution: Solution) -> Certificate:
    certificate = subject.family.verify(instance, solution)
    for violation in certificate.violations:
        expect(
            violation.rule in subject.rule_names, f"{violation.rule} is a violation, but none of the verifier's rules"
        )
        expect(bool(violation.where), f"a violation of {violation.rule} says where")
        amount = violation.amount
        expect(
            math.isfinite(amount) and amount > 0, f"a violation of {violation.rule} is by {amount}; above 0 is needed"
        )
    expect(certificate.objective is None or math.isfinite(certificate.objective), "an objective is a finite number")
    return certificate
