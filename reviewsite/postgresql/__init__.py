"""Django's PostgreSQL backend, with what a page that is asked for thousands of times a second needs.

`base` looks at a kept connection before a request uses it; `prepared` runs statements that PostgreSQL plans once,
over connections that threads lend each other (`lending`); `gathered` asks for many threads at once.
"""
