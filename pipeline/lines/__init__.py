"""What one line or paragraph is made of: dates, stamps, bylines, datelines, captions, credits, posts.

Every reader is a pure function of the string that it is given. It decides nothing about the page: it returns a frozen record
with offsets (half-open, in code points of the given string), or None. A reader that is not sure returns None.
"""
