"""Where work runs: `threads` on the cores of this machine, `command_process` a command in a process of its own."""
