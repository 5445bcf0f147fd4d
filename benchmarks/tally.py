"""What a soak has done and found: counts, failures, and quantities that must not grow."""

import time
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median

from printed import print_head, print_line

FEWEST = 8
"""The fewest values of a quantity from which its growth is judged."""


class Tally:
    """Counts, failures and measured quantities, each also logged at once."""

    def __init__(self, log: Path, seconds: float) -> None:
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []
        self._log, self._begun, self._seconds = log, time.monotonic(), seconds
        self._measured: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
        self._allowed: dict[str, float] = {}

    @property
    def elapsed(self) -> float:
        """The share of the soak's time that has passed."""
        return (time.monotonic() - self._begun) / self._seconds

    def log(self, line: str) -> None:
        """Write a line to the log, with the seconds so far."""
        with self._log.open("a") as file:
            print(f"{time.monotonic() - self._begun:8.1f} {line}", file=file)

    def check(self, holds: bool, otherwise: str, command: str) -> None:
        """Count a check; if it fails, keep what is wrong and the command that shows it."""
        self.counts["checks"] += 1
        if not holds:
            self.failures.append(f"{otherwise}\n  {command}")
            self.log(f"FAILURE: {self.failures[-1]}")

    def measure(self, name: str, value: float, allowed: float, at: float | None = None) -> None:
        """Note a quantity, now or when that share of the time had passed; ``allowed`` is its growth that is no failure."""
        self._allowed[name] = allowed
        self._measured[name].append((self.elapsed if at is None else at, value))

    def judge(self) -> None:
        """Check that no quantity has grown from the first quarter of its values to the last."""
        for name in self._measured:
            first, last, values = self._quarters(name)
            if values >= FEWEST:
                grown = f"{name} has grown from {first:.4g} to {last:.4g}"
                self.check(last <= first * self._allowed[name] + 1e-9, grown, "the whole soak")

    def print(self) -> None:
        """Print the counts, the quantities and the failures."""
        print_head("what", "times")
        for name, number in sorted([*self.counts.items(), ("failures", len(self.failures))]):
            print_line(name, f"{number:,}")
        print_head("median of", "values", "first quarter", "last quarter", "largest")
        for name in sorted(self._measured):
            first, last, values = self._quarters(name)
            largest = max(value for _, value in self._measured[name])
            print_line(name, f"{values:,}", f"{first:.4g}", f"{last:.4g}", f"{largest:.4g}")
        for failure in self.failures:
            print(f"\nFailure: {failure}")

    def _quarters(self, name: str) -> tuple[float, float, int]:
        """The medians over the first and the last quarter of the values, in order of time, and their number."""
        values = [value for _, value in sorted(self._measured[name], key=lambda pair: pair[0])]
        quarter = max(1, len(values) // 4)
        return median(values[:quarter]), median(values[-quarter:]), len(values)
