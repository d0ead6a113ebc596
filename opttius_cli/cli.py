import sys
from datetime import UTC, datetime
from pathlib import Path
import os
from opttius_cli import config, session
from opttius_cli.reports.board import DASHBOARD, _at
from opttius_cli.render import json as rjson
import argparse
def main(argv):
    p=argparse.ArgumentParser()
    p.add_argument('cmd'); p.add_argument('name',nargs='?')
    for o in ('source','period','as-of','format','organization','tz','compare','output','lang'): p.add_argument('--'+o)
    p.add_argument('-o',dest='output')
    p.add_argument('--branch',action='append')
    p.add_argument('--reveal-pii',action='store_true'); p.add_argument('--reason')
    a=p.parse_args(argv)
    cfg=config.load({"source":a.source,"organization":a.organization,"branches":a.branch,"timezone":a.tz},os.environ,Path.cwd())
    r=session.Request(cfg,os.environ,datetime.now(UTC),period=(a.period or '30') if a.cmd=='dashboard' else None,as_of=a.as_of,compare=a.compare or 'previous')
    with session.opened(r) as s:
        if a.cmd=='dashboard': ans=session.answer(s,'dashboard',DASHBOARD)
        else: ans=session.answer(s,a.name,[_at('rows','segments/segments')])
        sys.stdout.write(rjson.render(ans).decode())
    return 0
def run(): sys.exit(main(sys.argv[1:]))
