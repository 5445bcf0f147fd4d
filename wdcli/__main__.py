"""``python -m wdcli`` is ``wdcli``."""

from wdcli.cli import main

if __name__ == "__main__":
    main(prog_name="wdcli")
