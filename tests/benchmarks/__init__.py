"""`make bench`: the site as in production, measured beside floors that the same server serves in the same run."""
