"""`python -m assessor_kit`: the same as the command `assessor-kit`."""

from assessor_kit.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
