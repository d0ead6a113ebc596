"""The environment variables of libpq, read here so that libpq uses nothing that was not checked first.

Each is passed to the driver as a named parameter and so counts like any part of the address: for the decision
on encryption, and for which rows the address leads to.
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
"""The variables of libpq without PGSERVICE and PGSERVICEFILE, which name a file, and without PGAPPNAME,
PGCLIENTENCODING, PGTZ and PGDATESTYLE: the program sets its name and the format of values itself."""


def params_from_env(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the libpq parameters that the environment sets."""
    # As in libpq: PGREQUIRESSL is the old way to require encryption, and PGSSLMODE overrides it.
    ssl_default = {"sslmode": "require"} if environment.get("PGREQUIRESSL", "").startswith("1") else {}
    return ssl_default | {key: environment[name] for name, key in _VARIABLES.items() if environment.get(name)}


def remove_service() -> None:
    """Remove PGSERVICE from the environment that libpq reads: the service has already been resolved here.

    Otherwise libpq would add parameters of that service to an address that names another one, and no
    parameter of libpq prevents that. ``os.environ`` keeps the variable, for the next round of ``--watch`` and
    for programs that we start. It is not set again afterwards, because setting a variable may move the table
    while another thread reads it.
    """
    if "PGSERVICE" in os.environ:
        os.unsetenv("PGSERVICE")
