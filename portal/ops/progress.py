"""The progress bar of a command."""


class Progress:
    """A bar on a terminal; nothing elsewhere. `total` (int): how many steps there will be."""

    def __init__(self, out, total=1):
        self.out, self.total, self.done = out, total, 0

    def step(self, what, count=1):
        """Show that `count` (int) more things are done; `what` (str): what they are."""
        self.done += count
        if self.out.isatty():
            filled = 30 * self.done // self.total
            end = "\n" if self.done == self.total else ""
            self.out.write(f"\r\033[K[{'█' * filled}{'·' * (30 - filled)}] {what}", ending=end)
            self.out.flush()
