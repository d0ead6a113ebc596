"""What libpq would take from the environment, taken by ourselves, so that nothing is read which was not judged.

Every variable is resolved here and handed to the driver by name, where it counts as any part of the address does:
for encryption, and for which rows the address leads to.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_VARIABLES = {
    "PGHOST": "host",
    "PGHOSTADDR": "hostaddr",
    "PGPORT": "port",
    "PGDATABASE": "dbname",
    "PGUSER": "user",
    "PGPASSWORD": "password",
    "PGPASSFILE": "passfile",
    "PGREQUIREAUTH": "require_auth",
    "PGCHANNELBINDING": "channel_binding",
    "PGOPTIONS": "options",
    "PGSSLMODE": "sslmode",
    "PGSSLNEGOTIATION": "sslnegotiation",
    "PGSSLCOMPRESSION": "sslcompression",
    "PGSSLCERT": "sslcert",
    "PGSSLKEY": "sslkey",
    "PGSSLCERTMODE": "sslcertmode",
    "PGSSLROOTCERT": "sslrootcert",
    "PGSSLCRL": "sslcrl",
    "PGSSLCRLDIR": "sslcrldir",
    "PGSSLSNI": "sslsni",
    "PGSSLMINPROTOCOLVERSION": "ssl_min_protocol_version",
    "PGSSLMAXPROTOCOLVERSION": "ssl_max_protocol_version",
    "PGREQUIREPEER": "requirepeer",
    "PGGSSENCMODE": "gssencmode",
    "PGKRBSRVNAME": "krbsrvname",
    "PGGSSLIB": "gsslib",
    "PGGSSDELEGATION": "gssdelegation",
    "PGCONNECT_TIMEOUT": "connect_timeout",
    "PGTARGETSESSIONATTRS": "target_session_attrs",
    "PGLOADBALANCEHOSTS": "load_balance_hosts",
}
"""libpq's, but for PGSERVICE and PGSERVICEFILE, which name a file, and for PGAPPNAME, PGCLIENTENCODING, PGTZ and
PGDATESTYLE: how we are called and how values are written is not for the environment to say."""


def told_by(environment: Mapping[str, str]) -> dict[str, str]:
    """The parameters of libpq that the environment gives."""
    # As libpq has it: the old way to demand encryption, which the new one overrules.
    old = {"sslmode": "require"} if environment.get("PGREQUIRESSL", "").startswith("1") else {}
    return old | {key: environment[name] for name, key in _VARIABLES.items() if environment.get(name)}


def hide_service() -> None:
    """Keep libpq from looking up PGSERVICE: what it names has been resolved, or something else was asked for.

    An address that names one service would else be filled up from another, and no parameter of libpq prevents that.
    Only the process's own table, in which libpq looks, forgets the name. ``os.environ`` keeps it: the next look of
    ``--watch`` resolves it again, and whatever we start is given ``os.environ``. It is not put back, since adding to
    that table, unlike taking away, may move it while another thread reads there.
    """
    if "PGSERVICE" in os.environ:
        os.unsetenv("PGSERVICE")
