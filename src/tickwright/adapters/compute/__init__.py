"""Where work runs: `threads` on the cores of this machine."""
