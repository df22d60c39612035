"""Reviews and titles out of files: read, checked row by row, and written in one transaction.

A run goes files (`lines`, `formats`) -> good rows (`fields`, `rows`) -> a temporary table (`staging`) -> what they mean
(`plan`) -> the site's tables (`applying`). Memory stays the same however long the files are.
"""
