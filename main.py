"""The door to MTRec Lab: the window by default; ``--help`` names the ways without one."""

import sys

if __name__ == "__main__":
    from mtrec_gui.command_line import main

    sys.exit(main(sys.argv[1:]))
