"""Delivery: the files of a run are sent by mail or chat, to every address once, and never lost when that fails.

Each address is recorded in the ledger as soon as it has had the files. However a run ended that did not send to all
(``unsent``, interrupted, killed), the next run for the same instant sends only to the addresses that are missing. No
secret is logged, nor shown in a message.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import MissingExtraError, OpttiusError, OutputError
from opttius_cli.i18n import _, n_
from opttius_cli.jobs.definition.addresses import resolve_secrets
from opttius_cli.jobs.ledger import DELIVERED
from opttius_cli.redaction import redact_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from opttius_cli.jobs.definition import Job
    from opttius_cli.jobs.ledger import Run
    from opttius_cli.jobs.run_job import Outcome, RunContext

WAITS = (2.0, 10.0)
"""Seconds to wait before the second and the third attempt."""
_MEGABYTE = 1_000_000
_EXTRA = "deliver"


class DeliveryError(OutputError):
    """A set of files that was made, but not sent to every address."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: a subject, one paragraph, and the files, attached or named by their paths."""

    subject: str
    text: str
    files: tuple[Path, ...]
    attaches: bool

    def build_body(self, *, attaches: bool) -> str:
        """Return the text, and the paths of files that are not attached."""
        return self.text if attaches else "\n\n".join([self.text, "\n".join(map(str, self.files))])


def build_message(job: Job, outcome: Outcome) -> Message:
    """Build the message about a run: the job's title, what its files say in short, and its alerts."""
    files = tuple(outcome.folder / name for name in outcome.run.files)
    alerts = [_("Alert: {sentence}", sentence=alert.sentence) for alert in outcome.raised]
    size = sum(file.stat().st_size for file in files if file.is_file())
    subject = " · ".join([job.title or job.name, outcome.folder.name])
    if alerts:
        subject = n_("{subject} · {count} alert", "{subject} · {count} alerts", len(alerts), subject=subject)
    return Message(
        subject,
        " ".join([*outcome.summaries, *alerts]) or subject,
        files,
        attaches=size <= job.deliver_megabytes * _MEGABYTE,
    )


def deliver_files(context: RunContext, job: Job, outcome: Outcome) -> Outcome:
    """Send the files of a run to every address of the job that has not had them; returns how that ended."""
    earlier = _find_earlier(context, job, outcome.run)
    if outcome.run.status == "unchanged" and not any(run.files for run in earlier):
        # Everybody has had these files: a run that failed before it published any changes nothing about that.
        return outcome
    sent = list(dict.fromkeys(key for run in earlier for key in run.sent))
    message, problems = build_message(job, outcome), []
    _record_sent(context, outcome.run, sent)
    for address in job.deliver:
        key = _build_key(address)
        if key in sent:
            continue
        if problem := _send_to(context, job, address, message):
            problems.append(problem)
        else:
            sent.append(key)
            _record_sent(context, outcome.run, sent)
    if not problems:
        return replace(outcome, run=replace(outcome.run, sent=tuple(sent)))
    cause = n_(
        "The files are in {folder}, but {count} address did not get them: {problems}",
        "The files are in {folder}, but {count} addresses did not get them: {problems}",
        len(problems),
        folder=outcome.folder,
        problems=" ".join(problems),
    )
    error = DeliveryError(cause)
    return replace(
        outcome, run=replace(outcome.run, status="unsent", sent=tuple(sent), cause=cause, code=7), error=error
    )


def _record_sent(context: RunContext, run: Run, sent: Iterable[str]) -> None:
    """Record to whom the files of a run were sent; until all have had them, the run is still running."""
    context.ledger.update_run(replace(run, status="running", ended=None, sent=tuple(sent)))


def _find_earlier(context: RunContext, job: Job, run: Run) -> list[Run]:
    """Return the runs for the instant of ``run`` since one was sent to everybody, newest first."""
    instant = run.due or run.as_of
    others = (
        other
        for other in context.ledger.list_runs(job.name, job.file)
        if other.id != run.id and instant is not None and (other.due or other.as_of) == instant
    )
    return list(takewhile(lambda other: other.status not in DELIVERED, others))


def _build_key(address: str) -> str:
    """Return the key of an address in the ledger, which does not tell whose it is."""
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def _send_to(context: RunContext, job: Job, address: str, message: Message) -> str | None:
    """Send a message to one address, three times at most; returns what went wrong, without its secrets."""
    try:
        url, secrets = resolve_secrets(address, context.environment, job.file.parent)
        plugin = _load_plugin(url)
    except OpttiusError as error:
        return str(error)
    problem = _notify(plugin, message)
    for wait in WAITS:
        if problem is None:
            return None
        context.wait(wait)
        problem = _notify(plugin, message)
    return f"{_describe_address(address)}: {_hide(problem, secrets)}" if problem else None


def _load_plugin(url: str) -> Any:
    """Return the service of an address.

    Raises:
        MissingExtraError: the package is not installed.
        OutputError: there is no such service, or the address lacks something.
    """
    try:
        import apprise
    except ImportError as error:
        raise MissingExtraError(_EXTRA) from error
    # Whatever it logs may hold an address with its secrets.
    logger = logging.getLogger("apprise")
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    plugin = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if plugin is None:
        scheme = url.partition("://")[0]
        raise OutputError(
            _("deliver: this address of {scheme} cannot be used.", scheme=redact_secrets(scheme))
        )
    return plugin


def _notify(plugin: Any, message: Message) -> str | None:
    """Send once; returns the last thing that was said about a failure."""
    import apprise

    attaches = message.attaches and bool(getattr(plugin, "attachment_support", False))
    attachment = apprise.AppriseAttachment([str(file) for file in message.files]) if attaches else None
    capture: Any = apprise.LogCapture
    with capture(level=logging.INFO, fmt="%(message)s") as said:
        try:
            done = plugin.notify(
                body=message.build_body(attaches=attaches), title=message.subject, attach=attachment
            )
        except (OSError, TypeError, ValueError) as error:
            return type(error).__name__
        lines = said.getvalue().strip().splitlines()
    return None if done else (lines[-1] if lines else _("it was refused."))


def _describe_address(address: str) -> str:
    """Return the service and the host of an address, as it is written: no secret stands there."""
    return redact_secrets(address.partition("?")[0].partition("@")[2] or address.partition("://")[0])


def _hide(text: str, secrets: Iterable[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "…")
    return redact_secrets(text)


def list_problems(jobs: Mapping[str, Job], environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return, by job, what keeps its files from being sent here: a missing package, or a secret without a value."""
    problems = []
    for name, job in jobs.items():
        for address in job.deliver:
            try:
                url, _secrets = resolve_secrets(address, environment, job.file.parent)
                _load_plugin(url)
            except OpttiusError as error:
                problems.append((name, str(error)))
    return list(dict.fromkeys(problems))
