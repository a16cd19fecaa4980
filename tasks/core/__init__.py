"""What a build is made of, without Luigi: plans, isolation, limits, sorting, sketches, files that appear whole.

Nothing here imports Luigi or reads the settings of the process; folders, limits and digests are arguments.
"""
