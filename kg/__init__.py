"""newsgraph: news articles in, a validated, linked, citable knowledge graph out.

The package is the library; it knows nothing of Flask or of pages (those are in ``server``). The data's path
is ``docs/architecture.md``; every step is a plain function over the frozen values of :mod:`kg.model`.
"""

__version__ = "0.1.0"
