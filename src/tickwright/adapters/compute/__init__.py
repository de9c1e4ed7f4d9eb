"""Where independent pieces of work run: `threads` on the cores of this machine."""
