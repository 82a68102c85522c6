"""Draw the progress bar of a command on a terminal."""

from django.core.management.base import OutputWrapper


class Progress:
    """A progress bar on a terminal, nothing elsewhere; without a `total` it shows a count."""

    def __init__(self, out: OutputWrapper, total: int | None = None) -> None:
        self.out, self.total, self.done = out, total, 0

    def step(self, label: str = "", count: int = 1) -> None:
        """Draw the progress bar with `count` more steps done; `label` names the latest.

        The last one ends it.
        """
        self.done += count
        if not self.out.isatty():
            return
        if self.total is None:
            shown, is_last = f"{self.done} {label}", False
        else:
            filled = min(30 * self.done // max(self.total, 1), 30)
            label = label or f"{self.done}/{self.total}"
            shown = f"[{'█' * filled}{'·' * (30 - filled)}] {label}"
            is_last = self.done >= self.total
        self.out.write(f"\r\033[K{shown}", ending="\n" if is_last else "")
        self.out.flush()

    def say(self, line: str) -> None:
        """Write a `line` of its own in place of the progress bar, drawn below by the next step."""
        self.clear()
        self.out.write(line)

    def clear(self) -> None:
        """Remove an unfinished progress bar from the terminal."""
        if self.out.isatty():
            self.out.write("\r\033[K", ending="")
