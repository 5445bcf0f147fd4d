"""A start removes the temporary folders of killed processes, and nothing else."""

import fcntl
import os
import subprocess
import tempfile

from wdcli.fits.scratch import remove_abandoned


def test_only_what_a_dead_process_of_this_user_left_is_removed(tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with subprocess.Popen(["true"]) as ended:
        pass
    dead, alive = f"wdcli-{ended.pid}-", f"wdcli-{os.getpid()}-"
    outside, locked = folder.with_name("outside"), folder / f"{dead}locked00.rows"
    others = [outside, locked, folder / f"{alive}abcdefgh.rows", folder / f"{dead}results", folder / f"a{dead}abcdefgh.rows",
              folder / "wdcli-0-abcdefgh.rows", folder / f"wdcli-{10**30}-abcdefgh.rows"]  # fmt: skip
    left = folder / f"{dead}abcdefgh.rows"
    for each in (*others, left):
        each.mkdir()
        (each / "0.npy").touch()
    link, file = folder / f"{dead}linked00.rows", folder / f"{dead}a_file_0.rows"
    link.symlink_to(outside)
    file.touch()
    (left / "link").symlink_to(outside)
    lock = os.open(locked, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH)
        with monkeypatch.context() as patch:
            patch.setattr(os, "getuid", lambda: 12345)
            remove_abandoned()
            assert left.exists()
        remove_abandoned()
    finally:
        os.close(lock)
    assert not left.exists()
    assert {*folder.iterdir(), outside} == {*others, link, file}
    assert all((each / "0.npy").exists() for each in others)
