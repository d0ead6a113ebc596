"""The output template of a job: where its files go.

Each set of files has its own folder, which is replaced whole.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from opttius_cli.i18n import _

if TYPE_CHECKING:
    from opttius_cli.definitions.model import Definition, Known

OF_FOLDERS = ("report", "period", "date")
OF_FILES = (*OF_FOLDERS, "branch")
_HOLE = re.compile(r"\{([^{}]*)\}")
_UNSAFE = re.compile(r'[<>:"|?*\x00-\x1f]')
_BY_REPORT, _BRANCH = "{report}", "{branch}"


def default_output(*, each: bool) -> str:
    """Return the template for a job without ``output``; ``each`` says that every branch has its own files."""
    return "reports/{report}/{period}/{report}" + ("-{branch}" if each else "")


def filled(template: str, values: dict[str, str]) -> str:
    """Replace the placeholders of ``template``; all of them must be in ``values``."""
    return _HOLE.sub(lambda hole: values[hole[1]], template)


def check_output(definition: Definition, known: Known) -> str:
    """Check the output of ``job`` and return it as a path below the root, with slashes and without ``.``.

    Raises:
        ValueError: it leaves the root, has an unknown or misplaced placeholder, or cannot be a file name.
    """
    path = _below(definition.output.replace("\\", "/"), definition.root)
    *folders, stem = PurePosixPath(path).parts or ("",)
    if not folders:
        raise ValueError(
            _('it needs a folder of its own before the name of the files, such as "{example}"',
              example=default_output(each=definition.each_branch))
        )  # fmt: skip
    for text, allowed in (("/".join(folders), OF_FOLDERS), (stem, OF_FILES)):
        _check_holes(text, allowed)
    if definition.each_branch and _BRANCH not in stem:
        raise ValueError(_("with each_branch the name of the files needs {hole}", hole=_BRANCH))
    if _BRANCH in stem and not definition.each_branch:
        raise ValueError(_("{hole} needs each_branch = true", hole=_BRANCH))
    extension = PurePosixPath(stem).suffix.removeprefix(".").lower()
    if extension in known.formats.values():
        raise ValueError(_("leave out the extension .{extension}: formats says it", extension=extension))
    return "/".join((*folders, stem))


def _below(path: str, root: Path) -> str:
    if Path(path).is_absolute():
        try:
            path = Path(path).relative_to(root).as_posix()
        except ValueError:
            raise ValueError(
                _(
                    "{path} lies outside {root}. Write a path below it, or set reports_folder.",
                    path=path,
                    root=root,
                )
            ) from None
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if ".." in parts:
        raise ValueError(_("{path} leaves its folder: “..” cannot be used in it", path=path))
    if wrong := _UNSAFE.search(path):
        raise ValueError(_("“{sign}” cannot be used in the name of a file", sign=wrong[0]))
    return "/".join(parts)


def _check_holes(text: str, allowed: tuple[str, ...]) -> None:
    for hole in _HOLE.finditer(text):
        name = hole[1]
        if name == "branch" and name not in allowed:
            raise ValueError(
                _(
                    "{hole} can only be used in the name of the files: a set of files is one folder",
                    hole=_BRANCH,
                )
            )
        if name not in allowed:
            raise ValueError(
                _("there is no placeholder {hole}. There are {names}.", hole=hole[0],
                  names=", ".join(f"{{{one}}}" for one in OF_FILES))
            )  # fmt: skip
    if "{" in _HOLE.sub("", text) or "}" in _HOLE.sub("", text):
        raise ValueError(_("{text} has a brace without its counterpart", text=text))


def overlap(one: Definition, other: Definition) -> bool:
    """Whether the folders of two jobs may be the same, or one may be inside the other."""
    if one.root != other.root:
        return False
    ours, theirs = (
        PurePosixPath(each.folder.replace(_BY_REPORT, each.name).casefold()).parts for each in (one, other)
    )
    return all(_may_be_alike(left, right) for left, right in zip(ours, theirs, strict=False))


def _may_be_alike(one: str, other: str) -> bool:
    """Whether two names can become equal when their placeholders are filled."""
    if not _HOLE.search(one + other):
        return one == other
    (begin, end), (begins, ends) = (_around(name) for name in (one, other))
    return (begin.startswith(begins) or begins.startswith(begin)) and (
        end.endswith(ends) or ends.endswith(end)
    )


def _around(name: str) -> tuple[str, str]:
    """Return the text before the first placeholder and after the last; without one, the name twice."""
    pieces = _HOLE.split(name)
    return pieces[0], pieces[-1]
