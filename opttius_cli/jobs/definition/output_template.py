"""The output template of a job: where its files go.

Each set of files has its own folder, which is replaced whole.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from opttius_cli.i18n import _

if TYPE_CHECKING:
    from opttius_cli.jobs.definition.model import AllowedValues, Job

FOLDER_PLACEHOLDERS = ("job", "period", "date")
FILE_PLACEHOLDERS = (*FOLDER_PLACEHOLDERS, "branch")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_UNSAFE_CHARACTERS = re.compile(r'[<>:"|?*\x00-\x1f]')
_JOB, _BRANCH = "{job}", "{branch}"


def get_default_output(*, each: bool) -> str:
    """Return the template for a job without ``output``; ``each`` says that every branch has its own files."""
    return "jobs/{job}/{period}/{job}" + ("-{branch}" if each else "")


def fill_template(template: str, values: dict[str, str]) -> str:
    """Replace the placeholders of ``template``; all of them must be in ``values``."""
    return _PLACEHOLDER.sub(lambda hole: values[hole[1]], template)


def check_output(job: Job, allowed_values: AllowedValues) -> str:
    """Check the output of ``job`` and return it as a path below the root, with slashes and without ``.``.

    Raises:
        ValueError: it leaves the root, has an unknown or misplaced placeholder, or cannot be a file name.
    """
    path = _resolve_below(job.output.replace("\\", "/"), job.root)
    *folders, stem = PurePosixPath(path).parts or ("",)
    if not folders:
        raise ValueError(
            _('it needs a folder of its own before the name of the files, such as "{example}"',
              example=get_default_output(each=job.each_branch))
        )  # fmt: skip
    for text, allowed in (("/".join(folders), FOLDER_PLACEHOLDERS), (stem, FILE_PLACEHOLDERS)):
        _check_placeholders(text, allowed)
    if job.each_branch and _BRANCH not in stem:
        raise ValueError(_("with each_branch the name of the files needs {hole}", hole=_BRANCH))
    if _BRANCH in stem and not job.each_branch:
        raise ValueError(_("{hole} needs each_branch = true", hole=_BRANCH))
    extension = PurePosixPath(stem).suffix.removeprefix(".").lower()
    if extension in allowed_values.formats.values():
        raise ValueError(_("leave out the extension .{extension}: formats says it", extension=extension))
    return "/".join((*folders, stem))


def _resolve_below(path: str, root: Path) -> str:
    if Path(path).is_absolute():
        try:
            path = Path(path).relative_to(root).as_posix()
        except ValueError:
            raise ValueError(
                _(
                    "{path} lies outside {root}. Write a path below it, or set jobs_folder.",
                    path=path,
                    root=root,
                )
            ) from None
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if ".." in parts:
        raise ValueError(_("{path} leaves its folder: “..” cannot be used in it", path=path))
    if unsafe := _UNSAFE_CHARACTERS.search(path):
        raise ValueError(_("“{sign}” cannot be used in the name of a file", sign=unsafe[0]))
    return "/".join(parts)


def _check_placeholders(text: str, allowed: tuple[str, ...]) -> None:
    for placeholder in _PLACEHOLDER.finditer(text):
        name = placeholder[1]
        if name == "branch" and name not in allowed:
            raise ValueError(
                _(
                    "{hole} can only be used in the name of the files: a set of files is one folder",
                    hole=_BRANCH,
                )
            )
        if name == "report":
            raise ValueError(_("{old} is called {new} now", old="{report}", new=_JOB))
        if name not in allowed:
            raise ValueError(
                _("there is no placeholder {hole}. There are {names}.", hole=placeholder[0],
                  names=", ".join(f"{{{file_placeholder}}}" for file_placeholder in FILE_PLACEHOLDERS))
            )  # fmt: skip
    if "{" in _PLACEHOLDER.sub("", text) or "}" in _PLACEHOLDER.sub("", text):
        raise ValueError(_("{text} has a brace without its counterpart", text=text))


def can_overlap(first: Job, second: Job) -> bool:
    """Whether the folders of two jobs may be the same, or one may be inside the other."""
    if first.root != second.root:
        return False
    ours, theirs = (
        PurePosixPath(job.folder.replace(_JOB, job.name).casefold()).parts for job in (first, second)
    )
    return all(_can_be_equal(left, right) for left, right in zip(ours, theirs, strict=False))


def _can_be_equal(first: str, second: str) -> bool:
    """Whether two names can become equal when their placeholders are filled."""
    if not _PLACEHOLDER.search(first + second):
        return first == second
    (begin, end), (begins, ends) = (_split_around_placeholders(name) for name in (first, second))
    return (begin.startswith(begins) or begins.startswith(begin)) and (
        end.endswith(ends) or ends.endswith(end)
    )


def _split_around_placeholders(name: str) -> tuple[str, str]:
    """Return the text before the first placeholder and after the last; without one, the name twice."""
    pieces = _PLACEHOLDER.split(name)
    return pieces[0], pieces[-1]
