"""Models of others as annotators: each states the layer ``proposal``, and the vote decides (:mod:`kg.annotate.votes`).

Every module here offers ``annotator(authority, **options)``; the entry points of the group ``newsgraph.annotators``
name them. docs/annotators.md says how they are configured.
"""
