"""Streams: requests that arrive over time, each for one of several multimodal networks, on one radio and one chip.

From the bottom up:

- :mod:`document`: a stream as a file (``wnp-stream``); :mod:`templates` reads the networks that it names.
- :mod:`requests`: the requests that follow from a stream, a seed and a load.
- :mod:`occupancy`: who has which RB-slot and which core when: what a policy plans into.
- :mod:`window`: what is to be planned now as a problem of the family's heuristics, in slots from now on.
- :mod:`planning`: plans of one window; :mod:`policies`: which window is planned when.
- :mod:`schedule`: the whole of what was executed; :mod:`check` judges it and shares no code with the above;
  :mod:`as_instance` makes one wnp instance and solution of it, for the family's verifier and any other method.
- :mod:`measures`: latencies, misses, throughput; :mod:`load`: the load at which a policy breaks;
  :mod:`results` what comes out.
"""
