"""Rows outside the scope change no byte of what a live database answers either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from generative.fuzz import fuzz
from generative.test_interference import answers
from generative.worlds import World, inside, worlds, write_world
from hypothesis import given

from postgres.server import PASSWORDS, READER

if TYPE_CHECKING:
    from postgres.server import Server


@fuzz(1)
@given(world=worlds())
def test_deleting_what_lies_outside_the_scope_changes_no_byte(server: Server, world: World) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSWORD", PASSWORDS[READER])
        whole, part = (server.database(write_world(rows)).address for rows in (world.tables, inside(world)))
        assert answers(whole, world) == answers(part, world)
