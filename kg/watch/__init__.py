"""Sources that are polled: what they list is fetched, published, and only then remembered.

``state`` remembers, ``poll`` is what one poll is given and gives, ``listing``, ``pages``, ``wordpress`` and ``folder``
are the kinds of sources, ``arrivals`` chooses among them and reads single addresses, ``run`` is the loop. Only the
state is named here: the web server reads it, and needs nothing of the rest.
"""

from kg.watch.state import SourceState, State, state_file

__all__ = ["SourceState", "State", "state_file"]
