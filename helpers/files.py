"""Files that are never seen half done: written whole, or put in place together or not at all."""

import os


def write_whole(path, write):
    """Write a file in one step: `write(half)` makes it beside its place, then it is moved there."""
    half = path.with_suffix(f".{os.getpid()}.tmp")
    write(half)
    half.replace(path)


def swap(aside, folder, names):
    """Move what there is of these names from `aside` into `folder`; should one move fail, all go back to their place.

    What was there before goes to `aside`/replaced. The error is raised again when everything is as it was.
    """
    replaced = aside / "replaced"
    replaced.mkdir()
    moves = []
    try:
        for name in names:
            for old, new in ((folder / name, replaced / name), (aside / name, folder / name)):
                if os.path.lexists(old):
                    old.rename(new)
                    moves.append((new, old))
    except BaseException:
        for there, back in reversed(moves):
            there.rename(back)
        raise
