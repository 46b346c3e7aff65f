"""Runtime execution: plans executed in worlds that do not keep to them.

From the bottom up:

- :mod:`setting`: an instance as arrays, with channels for slots beyond its own (overtime).
- :mod:`world`: one realised world (rates by RB and slot, ticks, transfers, releases, failing cores), also as an
  instance, so that the verifier judges executions and the planners plan with hindsight.
- :mod:`scenario`, :mod:`worlds`: a document that says how worlds deviate, and the worlds that follow from it and a
  seed: number w is always the same.
- :mod:`program`: a plan as the event loop follows it (``PlanRules``: starts kept, or as early as possible).
- :mod:`execution`: what has happened, as arrays that a run goes on from; ``.solution(setting)``, ``.state(setting)``.
- :mod:`engine`: ``run(setting, world, program, execution, drift)`` executes until it is done or a policy is to be
  asked; :mod:`kernels` is its compiled part.
- :mod:`policy`, :mod:`policies`: what decides; :mod:`episode` runs one in a world, asking it when it wants to be.
- :mod:`repeat`: 10^5 worlds with a plan that nobody changes, in compiled code; :mod:`measured` what comes out.

The event loop is compiled and has a heap of its own: a simulation of a medium plan takes about 20 microseconds, where
one process of a simulation library costs more than that for a handful of events (docs/simulate.md has the numbers).
"""
