"""The dataset folder as pure functions: records in; typed columns, statistics, manifest, card, charts and Croissant metadata out.

It reads no file and knows no clock: `tasks/dataset.py` feeds it the records of a build, and `copydesk export`, `diff` and `stats` use it.
"""
