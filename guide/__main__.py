"""`python -m guide` and `guide` are the same command. Says at once that it starts, then imports what it runs."""

import gc
import sys


def main() -> int:
    """Runs the command that was given; its exit code."""
    if sys.argv[1:2] == ["serve"] and not {"-h", "--help"} & set(sys.argv):
        # What follows takes a second before it can say anything of its own.
        print("Starting …", flush=True)
    # Nothing that an import makes is ever let go: to look through it, again and again, is a quarter of its time.
    gc.disable()
    # Here, so that the line above comes before the imports, not after them.
    from guide import cli

    gc.freeze()
    gc.enable()
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
