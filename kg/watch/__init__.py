"""Sources that are polled: what they list is fetched, published, and only then remembered.

``state`` remembers, ``poll`` is what one poll is given and gives, ``listing``, ``pages``, ``wordpress`` and ``folder``
are the kinds of sources, ``arrivals`` chooses among them, ``run`` is the loop.
"""

from kg.watch.arrivals import fetched, fetcher, source_at
from kg.watch.run import Polled, Stopped, Watch
from kg.watch.state import SourceState, State, state_file

__all__ = ["Polled", "SourceState", "State", "Stopped", "Watch", "fetched", "fetcher", "source_at", "state_file"]
