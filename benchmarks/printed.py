"""A markdown table, printed line by line as its numbers are found."""


def print_line(*cells: str) -> None:
    """A line of a markdown table, at once."""
    print(f"| {' | '.join(cells)} |", flush=True)


def print_head(*cells: str) -> None:
    """The head of a markdown table."""
    print()
    print_line(*cells)
    print_line(*["---"] * len(cells))
