"""Reading from PostgreSQL's streaming replicas (`DATABASE_REPLICA_URLS`); what is written goes to the primary.

`choice.py`      which server a request reads from, and Django's router, which asks for it
`servers.py`     what this process knows of the servers: which answer, and how far behind they are
`middleware.py`  chooses a server for each request, another where that one fails, and has writers read what they wrote

A view need not know of any of it. Where no replicas are named, nothing of it but `choice.reading` runs.
"""
