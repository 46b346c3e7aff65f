"""Plans that are good in sampled worlds and not only in the nominal one: ``wnpopt solve --robust``.

- :mod:`scenarios`: the document that says over which worlds, and by which criterion;
- :mod:`sample`: a plan's value over worlds, by common random numbers;
- :mod:`bound`: what no plan and no policy can be better than, in the same worlds;
- :mod:`candidates`: plans made with margins and for sampled worlds, and their neighbours;
- :mod:`choice`: the search, and the comparison with the nominal plan in worlds that it did not see.
"""
