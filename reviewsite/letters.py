"""Mail where no mail server is named: kept in files, and shown where the site was started."""

import sys
from email import policy
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

# Unfolded and in UTF-8, or a long link would be broken where a reader copies it.
READABLE = policy.SMTPUTF8.clone(cte_type="8bit", linesep="\n", max_line_length=1_000_000)


class KeepingBackend(BaseEmailBackend):
    """Writes each message to a file of its own in `file_path`, readable as it is, and its text to the terminal.

    The names of the files are in the order of their messages.
    """

    def __init__(self, *, file_path: str, **options: Any) -> None:
        super().__init__(**options)
        self.folder = Path(file_path)

    def send_messages(self, email_messages: Any) -> int:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            self._keep(message)
        return len(email_messages)

    def _keep(self, message: EmailMessage) -> None:
        text = message.message(policy=READABLE).as_bytes()
        path = self.folder / f"{timezone.now():%Y%m%d-%H%M%S-%f}-{uuid4().hex[:6]}.eml"
        path.write_bytes(text)
        path.chmod(0o600)
        rule = "-" * 60
        told = f"{rule}\nMail to {', '.join(message.to)}: {message.subject}\n\n{message.body}\n({path})\n{rule}"
        print(told, file=sys.stderr, flush=True)
