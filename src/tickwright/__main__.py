"""`python -m tickwright` is the command `tickwright`."""

from tickwright.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
