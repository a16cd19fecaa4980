"""Builds whose shards and duplicates are made by Spark: the same files as those of Luigi's tasks, byte for byte.

Luigi lists the raw files before, and describes the build and writes the dataset after. Whatever runs on an executor imports no Luigi and
reads no settings of its process: they come with the work.
"""
