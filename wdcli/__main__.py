"""The program, as ``wdcli`` and ``python -m wdcli``. Worker processes import this file too: it must load nothing for them."""


def main() -> None:
    """Run the command line, which ends the process."""
    from wdcli.cli import main as command_line

    command_line(prog_name="wdcli")


if __name__ == "__main__":
    main()
